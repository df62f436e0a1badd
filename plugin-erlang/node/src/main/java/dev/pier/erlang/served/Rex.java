package dev.pier.erlang.served;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.MessageSender;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The registered process `rex`: the door for calls of `rpc:block_call`, of C nodes and `erl_call`, and of Erlang
/// before `erpc`.
///
/// Requests are taken apart on the reader, but for their arguments; each call has a thread of its own, also one that
/// Erlang's own `rex` would have all others wait for.
final class Rex implements ProcessBody {
    static final Atom NAME = RexRequest.REX;

    private static final Logger log = LoggerFactory.getLogger(Rex.class);

    private static final Atom FEATURES_REPLY = Atom.of("features_reply");
    private static final Atom ERPC = Atom.of("erpc");
    private static final int TYPICAL_BYTES = 128;

    /// The connection that the request came over is mostly there still.
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(5);

    private final Pid self;
    private final ProcessTable processes;
    private final MessageSender courier;
    private final ServedFunctions functions;
    private final CallLimiter threads;
    private final Runnable successor;
    private final Map<Reference, Thread> running = new ConcurrentHashMap<>();

    /// @param successor starts another in its place, run when this one has been killed
    Rex(
            LocalProcess process,
            ProcessTable processes,
            ServedFunctions functions,
            CallLimiter threads,
            Runnable successor) {
        this.self = process.pid();
        this.processes = processes;
        this.courier = new MessageSender(processes);
        this.functions = functions;
        this.threads = threads;
        this.successor = successor;
    }

    @Override
    public void message(EncodedTerm message) {
        try {
            switch (RexRequest.parse(message, processes.limits())) {
                case RexRequest.Call call -> start(call);
                case RexRequest.Features(RexRequest.Caller caller) ->
                    Thread.ofVirtual().name("erlang-rex-features").start(() -> tellFeatures(caller));
                case RexRequest.Unknown _ -> log.debug("rex: a message that is no call");
            }
        } catch (MalformedTerm e) {
            log.warn("rex: a message cannot be decoded: {}", e.getMessage());
        }
    }

    private void tellFeatures(RexRequest.Caller caller) {
        Tuple features = Tuple.of(FEATURES_REPLY, processes.identifiers().node(), ListTerm.of(ERPC));
        if (caller.isOldDoor()) {
            // Asked that way it answers without a tag.
            guarded(deadline -> courier.send(self, caller.pid(), out -> TermEncoder.encode(features, out), deadline));
        } else {
            reply(caller, out -> TermEncoder.encode(features, out));
        }
    }

    private void start(RexRequest.Call call) {
        Thread thread = threads.tryReserve("erlang-served-rex", () -> run(call));
        if (thread == null) {
            log.warn("rex: a call was turned away: {} calls run (setting erlang.limits.served)", threads.max());
            FunctionResult full = FunctionResult.failed(Atoms.SYSTEM_LIMIT);
            call.caller().ifPresent(caller -> Thread.ofVirtual().start(() -> answer(caller, full)));
            return;
        }
        call.caller().flatMap(RexRequest.Caller::monitor).ifPresent(monitor -> running.put(monitor, thread));
        thread.start();
    }

    private void run(RexRequest.Call call) {
        RexRequest.Caller caller = call.caller().orElse(null);
        String node = caller == null ? "somebody" : caller.pid().node().name();
        FunctionResult outcome = new Invocation(
                        functions, call.module(), call.function(), call.message(), call.in(), processes.limits(), node)
                .run();
        if (caller == null) {
            return;
        }
        // Whoever was monitoring this and does so no more has taken it out, and expects no answer.
        boolean wanted =
                caller.monitor().map(monitor -> running.remove(monitor) != null).orElse(true);
        if (wanted) {
            answer(caller, outcome);
        }
    }

    private void answer(RexRequest.Caller caller, FunctionResult outcome) {
        EtfOutput encoded = new EtfOutput(TYPICAL_BYTES);
        outcome.writeRex(encoded);
        reply(caller, out -> out.write(encoded.array(), 0, encoded.size()));
    }

    private void reply(RexRequest.Caller caller, Consumer<EtfOutput> answer) {
        guarded(deadline -> courier.reply(self, caller.pid(), caller.tag(), answer, deadline));
    }

    private static void guarded(LongConsumer sending) {
        try {
            sending.accept(System.nanoTime() + ANSWER_PATIENCE.toNanos());
        } catch (ErlangException e) {
            log.warn("rex: an answer reaches nobody: {}", e.getMessage());
        }
    }

    /// A caller has given up, has died, or its node has gone.
    @Override
    public void unwatched(Reference monitor) {
        Thread thread = running.remove(monitor);
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public void ended(ExitReason reason) {
        running.values().forEach(Thread::interrupt);
        running.clear();
        // It traps exits: nothing but `kill` ends it, or the end of the node. In Erlang a supervisor would see to it.
        if (reason.term().equals(ExitReason.KILLED.term())) {
            log.warn("rex was killed, and is started again");
            successor.run();
        }
    }
}
