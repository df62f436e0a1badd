package dev.pier.erlang.served;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registered process `rex`, which serves the legacy `rex` protocol: `rpc:block_call`, `rpc:sbcast`, C nodes
/// and `erl_call`, and Erlang before `erpc`.
///
/// Each call has its own thread, also `block_call`, which in Erlang holds up all later calls.
///
/// Threads: readers parse the requests, except for the arguments; the threads of the calls answer.
final class Rex implements ProcessBody {
    static final Atom NAME = WellKnownAtoms.REX;

    private static final Logger log = LoggerFactory.getLogger(Rex.class);

    private static final Atom FEATURES_REPLY = Atom.of("features_reply");
    private static final Atom NONEXISTING_NAME = Atom.of("nonexisting_name");
    private static final int TYPICAL_BYTES = 128;

    /// For an answer to a process of this node.
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

    private final Pid self;
    private final ProcessTable processes;
    private final MessageSender sender;
    private final ServedFunctions functions;
    private final CallLimiter limiter;
    private final Runnable successor;

    /// The threads of the calls whose caller has a monitor, by its reference.
    private final Map<Reference, Thread> running = new ConcurrentHashMap<>();

    /// @param successor starts another `rex`; run when this one has been killed
    Rex(
            LocalProcess process,
            ProcessTable processes,
            ServedFunctions functions,
            CallLimiter limiter,
            Runnable successor) {
        this.self = process.pid();
        this.processes = processes;
        this.sender = new MessageSender(processes);
        this.functions = functions;
        this.limiter = limiter;
        this.successor = successor;
    }

    @Override
    public void message(EncodedTerm message) {
        request(message, null);
    }

    @Override
    public void message(Session session, EncodedTerm message) {
        request(message, session);
    }

    /// @param session the connection that brought the request; `null` for one from a process of this node
    private void request(EncodedTerm message, @Nullable Session session) {
        try {
            RexRequest request = RexRequest.parse(message, processes.decodeLimits());
            if (isOfThirdNode(request, session)) {
                log.debug("Discarded a message to rex: {} asks for a process of another node", session);
                return;
            }
            switch (request) {
                case RexRequest.Call call -> start(call, session);
                case RexRequest.Features(RexRequest.Caller caller) -> answerFeatures(caller, session);
                case RexRequest.Broadcast broadcast -> broadcast(broadcast, session);
                case RexRequest.Unknown _ -> log.debug("Discarded a message to rex: not a call");
            }
        } catch (MalformedTerm e) {
            log.warn("Discarded a message to rex: it cannot be decoded: {}", e.getMessage());
        }
    }

    @Override
    public void oversized(Session session, EncodedTerm head, String limit) {
        try {
            RexRequest request = RexRequest.parse(head, processes.decodeLimits());
            if (request instanceof RexRequest.Call call && !isOfThirdNode(request, session)) {
                refuse(call, session);
            }
        } catch (MalformedTerm e) {
            log.debug("Discarded the begin of a message to rex: it cannot be decoded: {}", e.getMessage());
        }
    }

    private void refuse(RexRequest.Call call, @Nullable Session session) {
        FunctionResult full = FunctionResult.failed(WellKnownAtoms.SYSTEM_LIMIT);
        call.caller().ifPresent(caller -> replyAtOnce(caller, session, full::writeRex));
    }

    /// Whether the answer would have to go to another node than that of the connection.
    private static boolean isOfThirdNode(RexRequest request, @Nullable Session session) {
        return session != null
                && request.answered()
                        .map(caller -> !caller.pid().node().equals(session.peer()))
                        .orElse(false);
    }

    private void answerFeatures(RexRequest.Caller caller, @Nullable Session session) {
        Tuple features = Tuple.of(FEATURES_REPLY, processes.identifiers().node(), ListTerm.of(WellKnownAtoms.ERPC));
        if (caller.hasNoTag()) {
            send(caller, session, features);
        } else {
            replyAtOnce(caller, session, out -> TermEncoder.encode(features, out));
        }
    }

    private void broadcast(RexRequest.Broadcast request, @Nullable Session session) {
        Atom node = processes.identifiers().node();
        boolean sent = processes.send(session, request.name(), request.message());
        send(request.caller(), session, Tuple.of(NAME, node, sent ? node : Tuple.of(NONEXISTING_NAME, request.name())));
    }

    /// Never waits: a caller of this node needs no connection.
    private void send(RexRequest.Caller caller, @Nullable Session session, Term message) {
        if (session == null) {
            sendOrLog(deadline -> sender.send(self, caller.pid(), out -> TermEncoder.encode(message, out), deadline));
        } else {
            session.sendRequired(new ControlMessage.Send(self, caller.pid()), self, message);
        }
    }

    private void start(RexRequest.Call call, @Nullable Session session) {
        Thread thread =
                limiter.tryReserve("erlang-served-rex", nodeOf(session), call.message(), () -> run(call, session));
        if (thread == null) {
            refuse(call, session);
            return;
        }
        call.caller().flatMap(RexRequest.Caller::monitor).ifPresent(monitor -> running.put(monitor, thread));
        thread.start();
    }

    private Atom nodeOf(@Nullable Session session) {
        return session == null ? processes.identifiers().node() : session.peer();
    }

    /// Never waits, for readers.
    private void replyAtOnce(RexRequest.Caller caller, @Nullable Session session, Consumer<EtfOutput> answer) {
        if (session == null) {
            reply(caller, null, answer);
        } else {
            MessageSender.answerFromReader(session, self, caller.pid(), caller.tag(), answer);
        }
    }

    private void run(RexRequest.Call call, @Nullable Session session) {
        RexRequest.Caller caller = call.caller().orElse(null);
        FunctionResult result = new Invocation(
                        functions,
                        call.module(),
                        call.function(),
                        call.message(),
                        call.in(),
                        processes.decodeLimits(),
                        nodeOf(session).name())
                .run();
        if (caller == null) {
            return;
        }
        // demonitored() has removed a call whose caller no longer waits.
        boolean wanted =
                caller.monitor().map(monitor -> running.remove(monitor) != null).orElse(true);
        if (wanted) {
            answer(caller, session, result);
        }
    }

    private void answer(RexRequest.Caller caller, @Nullable Session session, FunctionResult result) {
        EtfOutput encoded = new EtfOutput(TYPICAL_BYTES);
        result.writeRex(encoded);
        boolean readable =
                session == null || session.connection().capabilities().nativeRecords();
        if (encoded.hasNativeRecord() && !readable) {
            encoded.truncate(0);
            FunctionResult.failed(WellKnownAtoms.NOTSUP).writeRex(encoded);
        }
        reply(caller, session, out -> out.write(encoded));
    }

    private void reply(RexRequest.Caller caller, @Nullable Session session, Consumer<EtfOutput> answer) {
        sendOrLog(deadline -> {
            if (session == null) {
                sender.reply(self, caller.pid(), caller.tag(), answer, deadline);
            } else {
                MessageSender.answer(session, self, caller.pid(), caller.tag(), answer);
            }
        });
    }

    /// @param sending takes the deadline
    private static void sendOrLog(LongConsumer sending) {
        try {
            sending.accept(System.nanoTime() + ANSWER_TIMEOUT.toNanos());
        } catch (NotConnected e) {
            log.debug("Discarded an answer of rex: {}", e.getMessage());
        } catch (ErlangException e) {
            log.warn("Discarded an answer of rex: {}", e.getMessage());
        }
    }

    /// A caller has given up or ended, or the connection is lost.
    @Override
    public void demonitored(Reference monitor) {
        Thread thread = running.remove(monitor);
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void ended(ExitReason reason) {
        running.values().forEach(Thread::interrupt);
        running.clear();
        // It traps exits, so only `kill` and the end of the node end it. In Erlang a supervisor would restart it.
        if (reason.term().equals(ExitReason.KILLED.term())) {
            log.warn("Restarting rex: it was killed");
            successor.run();
        }
    }
}
