package dev.pier.erlang.call;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.EncodedReply;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.GenTag;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.trace.CallKind;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A `gen_server` by pid or by name, on a peer or on this node. Each call is a process of its own that monitors
/// the server and receives the answer at an alias. OTP: gen.erl:do_call/4
///
/// | the peer offers | the call |
/// |---|---|
/// | monitors and aliases | `{'$gen_call', {Pid, [alias\|Ref]}, Request}`, where `Ref` is the monitor |
/// | no aliases | `{'$gen_call', {Pid, Ref}, Request}`; the answer comes to the pid |
/// | no monitors | the same without a monitor: it ends by its answer, its timeout, or the loss of the connection |
///
/// Safe for many threads; has no threads of its own.
public final class RemoteServer extends ServerRef {
    private final Target target;
    private final ProcessTable processes;
    private final MessageSender sender;
    private final CallListener listener;

    /// The place of the server.
    private sealed interface Target {
        Atom node();

        /// For listeners.
        Object name();

        record ByPid(Pid pid) implements Target {
            @Override
            public Atom node() {
                return pid.node();
            }

            @Override
            public Object name() {
                return pid;
            }

            @Override
            public String toString() {
                return "the server " + pid + " on " + pid.node();
            }
        }

        record ByName(Atom name, Atom node) implements Target {
            @Override
            public String toString() {
                return "the server {" + name + "," + node + "}";
            }
        }
    }

    private RemoteServer(
            Target target, ProcessTable processes, ValueMapper mapper, CallOptions options, CallListener listener) {
        super(mapper, () -> options);
        this.target = target;
        this.processes = processes;
        this.sender = new MessageSender(processes);
        this.listener = listener;
    }

    public static RemoteServer of(
            Pid pid, ProcessTable processes, ValueMapper mapper, CallOptions options, CallListener listener) {
        return new RemoteServer(new Target.ByPid(pid), processes, mapper, options, listener);
    }

    public static RemoteServer of(
            Atom name,
            Atom node,
            ProcessTable processes,
            ValueMapper mapper,
            CallOptions options,
            CallListener listener) {
        return new RemoteServer(new Target.ByName(name, node), processes, mapper, options, listener);
    }

    @Override
    protected CallListener listener() {
        return listener;
    }

    @Override
    protected Reply call(Consumer<EtfOutput> request, Duration timeout) {
        long started = System.nanoTime();
        CallListener call = listener.begin(CallKind.SERVER_CALL, target.name());
        ErlangException failure = null;
        try {
            return call(request, timeout, started + timeout.toNanos());
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            call.ended(failure, System.nanoTime() - started);
        }
    }

    /// The same without telling the listener.
    ///
    /// @param timeout for the message of a [CallTimeout]
    public Reply call(Consumer<EtfOutput> request, Duration timeout, long deadline) {
        // A bad request and a missing connection fail before anything is sent.
        EtfOutput encoded = new EtfOutput(128);
        request.accept(encoded);
        Session session = processes.isLocal(target.node()) ? null : processes.requireSession(target.node(), deadline);
        ServerCall call = new ServerCall(session, processes.decodeLimits());
        LocalProcess caller = processes.spawn(_ -> call);
        Session unmonitored =
                session == null || session.connection().capabilities().monitors() ? null : session;
        boolean aliased = session == null || session.connection().capabilities().alias();
        Reference reference = null;
        GenCallOutcome outcome;
        try {
            reference = unmonitored == null ? monitor(caller, deadline) : observeConnection(unmonitored, call);
            Term tag = reference;
            if (aliased) {
                processes.addAlias(reference, caller);
                tag = GenTag.of(reference);
            }
            call.tag(tag);
            GenCallOutcome early = call.ended().orElse(null);
            if (early instanceof GenCallOutcome.Down(var reason)) {
                throw missing(reason.term());
            }
            send(caller.pid(), request(caller.pid(), tag, encoded), deadline);
            outcome = call.await(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("the call to " + target + " was cancelled: the calling thread was interrupted", e);
        } finally {
            if (reference != null) {
                processes.removeAlias(reference);
                if (unmonitored != null) {
                    unmonitored.pendingReplies().remove(reference);
                }
            }
            // Ends the monitor, too.
            caller.end(ExitReason.NORMAL);
        }
        return switch (outcome) {
            case null -> throw new CallTimeout(target + " gave no answer within " + timeout.toMillis() + " ms");
            case GenCallOutcome.Answered(var reply) -> new EncodedReply(reply, mapper(), processes.decodeLimits());
            case GenCallOutcome.Unreadable(var problem) ->
                throw MalformedTerm.inAnswer(target + " gave an answer that was discarded: " + problem);
            case GenCallOutcome.Down(var reason) -> throw failure(reason.term());
        };
    }

    /// Ends the call with the connection, towards a peer without monitors.
    private Reference observeConnection(Session session, ServerCall call) {
        Reference reference = processes.identifiers().nextReference();
        try {
            session.pendingReplies().register(reference, call);
        } catch (ConnectionEnded e) {
            throw missing(ExitReason.NOCONNECTION.term());
        }
        return reference;
    }

    /// The monitor has fired before the request was sent.
    private ErlangException missing(Term reason) {
        return reason.equals(ExitReason.NOCONNECTION.term())
                ? new NotConnected(target + " cannot be called: the connection has just been lost")
                : RemoteExit.beforeSending(target + " does not exist", reason);
    }

    /// The request was sent. After that, `noproc` does not mean that no process has received it: the name may
    /// have been registered between monitor and request, and a server may itself exit with that reason.
    private ErlangException failure(Term reason) {
        if (reason.equals(ExitReason.NOCONNECTION.term())) {
            return new ConnectionLost(target + " gave no answer: the connection was lost");
        }
        String what = reason.equals(ExitReason.NOPROC.term())
                ? target + " does not exist"
                : target + " ended before it answered: " + Excerpt.of(reason);
        return new RemoteExit(what, reason, false);
    }

    private Reference monitor(LocalProcess caller, long deadline) {
        return switch (target) {
            case Target.ByPid(Pid pid) -> caller.monitor(pid, deadline);
            case Target.ByName(Atom name, Atom node) -> caller.monitor(name, node, deadline);
        };
    }

    private void send(Pid from, Consumer<EtfOutput> message, long deadline) {
        switch (target) {
            case Target.ByPid(Pid pid) -> sender.send(from, pid, message, deadline);
            case Target.ByName(Atom name, Atom node) -> sender.send(from, name, node, message, deadline);
        }
    }

    private static Consumer<EtfOutput> request(Pid caller, Term tag, EtfOutput encoded) {
        return out -> {
            TermEncoder.encodeTupleHeader(3, out);
            TermEncoder.encodeAtom(WellKnownAtoms.GEN_CALL, out);
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encodePid(caller, out);
            TermEncoder.encode(tag, out);
            out.write(encoded);
        };
    }

    @Override
    public void cast(@Nullable Object request) {
        cast(request, System.nanoTime() + options().timeout().toNanos());
    }

    /// The same with a deadline.
    public void cast(@Nullable Object request, long deadline) {
        send(
                processes.anonymousSender(),
                out -> {
                    TermEncoder.encodeTupleHeader(2, out);
                    TermEncoder.encodeAtom(WellKnownAtoms.GEN_CAST, out);
                    mapper().write(request, out);
                },
                deadline);
    }

    @Override
    public String toString() {
        return "GenServerRef[" + target + "]";
    }
}
