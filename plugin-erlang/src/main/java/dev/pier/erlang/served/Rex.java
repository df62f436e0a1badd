package dev.pier.erlang.served;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.node.ExitReason;
import dev.pier.erlang.node.LocalProcess;
import dev.pier.erlang.node.ProcessBody;
import dev.pier.erlang.node.Processes;
import dev.pier.erlang.node.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
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
    private final Processes processes;
    private final ServedFunctions functions;
    private final CallThreads threads;
    private final Map<Reference, Thread> running = new ConcurrentHashMap<>();

    Rex(LocalProcess process, Processes processes, ServedFunctions functions, CallThreads threads) {
        this.self = process.pid();
        this.processes = processes;
        this.functions = functions;
        this.threads = threads;
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
        // Asked through the older door, it answers without a tag.
        if (caller.tag().equals(NAME)) {
            send(caller, out -> TermEncoder.encode(features, out));
        } else {
            send(caller, out -> tagged(caller, out, value -> TermEncoder.encode(features, value)));
        }
    }

    private void start(RexRequest.Call call) {
        Thread thread = threads.tryReserve("erlang-served-rex", () -> run(call));
        if (thread == null) {
            log.warn("rex: a call was turned away: {} calls run (setting erlang.limits.served)", threads.max());
            Outcome full = Outcome.failed(Atoms.SYSTEM_LIMIT);
            call.caller().ifPresent(caller -> Thread.ofVirtual().start(() -> answer(caller, full)));
            return;
        }
        call.caller().flatMap(RexRequest.Caller::monitor).ifPresent(monitor -> running.put(monitor, thread));
        thread.start();
    }

    private void run(RexRequest.Call call) {
        RexRequest.Caller caller = call.caller().orElse(null);
        String node = caller == null ? "somebody" : caller.pid().node().name();
        Outcome outcome = new Invocation(
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

    private void answer(RexRequest.Caller caller, Outcome outcome) {
        send(caller, out -> tagged(caller, out, outcome::writeRex));
    }

    private static void tagged(RexRequest.Caller caller, EtfOutput out, Consumer<EtfOutput> value) {
        TermEncoder.encodeTupleHeader(2, out);
        TermEncoder.encode(caller.tag(), out);
        value.accept(out);
    }

    private void send(RexRequest.Caller caller, Consumer<EtfOutput> message) {
        EtfOutput encoded = new EtfOutput(TYPICAL_BYTES);
        message.accept(encoded);
        try {
            Session session =
                    processes.requireSession(caller.pid().node(), System.nanoTime() + ANSWER_PATIENCE.toNanos());
            ControlMessage signal = caller.alias()
                    .<ControlMessage>map(alias -> new ControlMessage.AliasSend(self, alias))
                    .orElseGet(() -> new ControlMessage.Send(self, caller.pid()));
            session.demand(signal, self, out -> out.write(encoded.array(), 0, encoded.size()));
        } catch (ErlangException gone) {
            log.debug("rex: an answer reaches nobody: {}", gone.getMessage());
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
    }
}
