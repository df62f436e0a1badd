package dev.pier.erlang.call;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.etf.ValueMapper;
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
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A `gen_server` by pid or by name, on a peer or on this node. Each call is a process of its own that monitors the
/// server and gives out an alias for the answer. SPEC: gen.erl, do_call/4.
///
/// Safe for many threads; has no threads of its own.
public final class RemoteServer implements GenServerRef {
    private static final Atom GEN_CALL = Atom.of("$gen_call");
    private static final Atom GEN_CAST = Atom.of("$gen_cast");

    private final Target target;
    private final ProcessTable processes;
    private final MessageSender courier;
    private final ValueMapper mapper;
    private final CallOptions options;
    private final CallListener listener;

    /// Where the server is.
    private sealed interface Target {
        Atom node();

        record ByPid(Pid pid) implements Target {
            @Override
            public Atom node() {
                return pid.node();
            }

            @Override
            public String toString() {
                return "the server " + pid + " on " + pid.node().name();
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
        this.target = target;
        this.processes = processes;
        this.courier = new MessageSender(processes);
        this.mapper = mapper;
        this.options = options;
        this.listener = listener;
    }

    public static GenServerRef of(
            Pid pid, ProcessTable processes, ValueMapper mapper, CallOptions options, CallListener listener) {
        return new RemoteServer(new Target.ByPid(pid), processes, mapper, options, listener);
    }

    public static GenServerRef of(
            Atom name,
            Atom node,
            ProcessTable processes,
            ValueMapper mapper,
            CallOptions options,
            CallListener listener) {
        return new RemoteServer(new Target.ByName(name, node), processes, mapper, options, listener);
    }

    @Override
    public Reply call(@Nullable Object request) {
        return call(request, options.timeout());
    }

    @Override
    public Reply call(@Nullable Object request, Duration timeout) {
        long started = System.nanoTime();
        ErlangException failure = null;
        try {
            return reply(request, new CallOptions(timeout), started + timeout.toNanos());
        } catch (ErlangException e) {
            failure = e;
            throw e;
        } finally {
            listener.ended(failure, System.nanoTime() - started);
        }
    }

    private Reply reply(@Nullable Object request, CallOptions patience, long deadline) {
        // First of all, so that a bad request or a missing connection has told nobody anything.
        EtfOutput encoded = new EtfOutput(128);
        mapper.write(request, encoded);
        if (!processes.isLocal(target.node())) {
            processes.requireSession(target.node(), deadline);
        }
        ServerCall call = new ServerCall(processes.decodeLimits());
        LocalProcess caller = processes.spawn(_ -> call);
        Reference monitor = null;
        ServerCall.Outcome outcome;
        try {
            monitor = monitor(caller, deadline);
            processes.addAlias(monitor, caller);
            Term tag = GenTag.of(monitor);
            call.tag(tag);
            ServerCall.Outcome early = call.ended().orElse(null);
            if (early instanceof ServerCall.Outcome.Down(var reason)) {
                throw missing(reason.term());
            }
            send(caller.pid(), request(caller.pid(), tag, encoded), deadline);
            outcome = call.await(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("the call to " + target + " was given up: the calling thread was interrupted", e);
        } finally {
            if (monitor != null) {
                processes.removeAlias(monitor);
            }
            // Ends the monitor, too.
            caller.end(ExitReason.NORMAL);
        }
        return switch (outcome) {
            case null ->
                throw new CallTimeout(
                        target + " gave no answer within " + patience.timeout().toMillis() + " ms");
            case ServerCall.Outcome.Answered(var reply) -> new EncodedReply(reply, mapper, processes.decodeLimits());
            case ServerCall.Outcome.Unreadable(var problem) ->
                throw new MalformedTerm(target + " gave an answer that is not taken: " + problem);
            case ServerCall.Outcome.Down(var reason) -> throw failure(reason.term());
        };
    }

    /// The monitor has fired before the request was sent.
    private ErlangException missing(Term reason) {
        return reason.equals(ExitReason.NOCONNECTION.term())
                ? new NotConnected(target + " cannot be called: the connection has just been lost")
                : RemoteExit.beforeSending(target + " does not exist", reason);
    }

    /// The request was sent. `noproc` does not say then that nobody has taken it: the name may have been given to a
    /// process between monitor and request, and a server may itself exit with that reason.
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
            case Target.ByPid(Pid pid) -> courier.send(from, pid, message, deadline);
            case Target.ByName(Atom name, Atom node) -> courier.send(from, name, node, message, deadline);
        }
    }

    private static Consumer<EtfOutput> request(Pid caller, Term tag, EtfOutput encoded) {
        return out -> {
            TermEncoder.encodeTupleHeader(3, out);
            TermEncoder.encodeAtom(GEN_CALL, out);
            TermEncoder.encodeTupleHeader(2, out);
            TermEncoder.encodePid(caller, out);
            TermEncoder.encode(tag, out);
            out.write(encoded.array(), 0, encoded.size());
        };
    }

    @Override
    public void cast(@Nullable Object request) {
        send(
                processes.anonymousSender(),
                out -> {
                    TermEncoder.encodeTupleHeader(2, out);
                    TermEncoder.encodeAtom(GEN_CAST, out);
                    mapper.write(request, out);
                },
                System.nanoTime() + options.timeout().toNanos());
    }

    @Override
    public String toString() {
        return "GenServerRef[" + target + "]";
    }
}
