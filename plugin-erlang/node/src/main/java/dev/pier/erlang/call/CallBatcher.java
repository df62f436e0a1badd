package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process of `pier_calls` on a peer, which runs the calls of one connection and batches their answers.
/// This class starts it and receives the batches, at an alias.
///
/// Threads: the connection's reader splits a batch and delivers each answer to its call undecoded. A large
/// answer goes to its call directly.
///
/// Lifecycle: it is started at most once per connection, beside the first call, on a thread of its own. Calls
/// do not wait for it; while it does not run they are requests to spawn, with the same results.
///
/// Hazard: when it ends, the calls that it was running get no answer. So it is monitored, and those calls end
/// with it.
public final class CallBatcher implements PendingReply {
    private static final Logger log = LoggerFactory.getLogger(CallBatcher.class);

    private static final String NAME = "pier_calls";
    static final Atom MODULE = Atom.of(NAME);
    private static final Atom START = Atom.of("start");

    /// The version of the messages to and from `pier_calls`. A module of another version fails at the start,
    /// and calls go on without it.
    private static final long VERSION = 1;

    /// The same messages of a module that takes the trace contexts of calls.
    private static final long WITH_TRACES = 2;

    private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

    /// For splitting a batch. The call's own limits apply when its answer is decoded.
    private static final DecodeLimits FRAMING = DecodeLimits.DEFAULT;

    private final Session session;
    private final DecodeLimits limits;
    private final Reference alias;

    private CallBatcher(Session session, DecodeLimits limits) {
        this.session = session;
        this.limits = limits;
        this.alias = session.identifiers().nextReference();
    }

    /// Starts the batcher in the background, unless the peer does not allow it. To be called once per session,
    /// where [Session#seekBatcher] says so.
    ///
    /// @param peer the node of the session
    /// @param traces whether calls may have trace contexts
    public static void start(Session session, Peer peer, DecodeLimits limits, boolean traces) {
        if (isSupported(session.connection().capabilities())) {
            Thread.ofVirtual().name("erlang-call-batcher").start(() -> {
                if (session.batching() == BatchingMode.LOAD) {
                    ModuleLoader.load(NAME, peer);
                }
                new CallBatcher(session, limits).start(peer, traces);
            });
        }
    }

    /// Batches come as messages to an alias, and the batcher is monitored.
    private static boolean isSupported(Capabilities capabilities) {
        return CallStrategy.canSpawn(capabilities) && capabilities.alias();
    }

    private void start(Peer peer, boolean traces) {
        boolean running = false;
        try {
            session.pendingReplies().register(alias, this);
            long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
            Term answer = traces ? startWithTraces(deadline) : start(VERSION, deadline);
            if (answer instanceof Pid batcher) {
                // Published before it is monitored: what the monitor reports has the last word.
                session.batcher(batcher);
                running = true;
                monitor(batcher);
            }
        } catch (ErlangException e) {
            log.debug("{} does not run {}; calls go on without it: {}", peer.nodeName(), NAME, e.getMessage());
        } catch (ConnectionEnded e) {
            log.debug("The connection to {} was lost before {} had started", peer.nodeName(), NAME);
        } finally {
            if (!running) {
                session.pendingReplies().remove(alias);
            }
        }
    }

    /// An older module refuses the version, and runs calls without their trace contexts.
    private Term startWithTraces(long deadline) throws ConnectionEnded {
        Term answer;
        try {
            answer = start(WITH_TRACES, deadline);
        } catch (RemoteError e) {
            log.debug("{} on {} takes no trace contexts: {}", NAME, session, e.getMessage());
            return start(VERSION, deadline);
        }
        session.batcherTakesTraces(true);
        return answer;
    }

    private Term start(long version, long deadline) throws ConnectionEnded {
        FunctionCall start = new FunctionCall(session.peer(), MODULE, START, 2, out -> {
            TermEncoder.encodeListHeader(2, out);
            TermEncoder.encodeLong(version, out);
            TermEncoder.encodeReference(alias, out);
            TermEncoder.encodeNil(out);
        });
        PendingCall call = CallStrategy.SPAWNED.start(session, start, GroupLeaderLookup.of(session, deadline));
        return call.await(deadline, START_TIMEOUT, limits).decode(limits);
    }

    private void monitor(Pid batcher) throws ConnectionEnded {
        Reference monitor = session.identifiers().nextReference();
        session.pendingReplies().register(monitor, new End());
        // Required even when the queue is full: without the monitor, the batcher's end would leave its calls waiting.
        session.sendRequired(new ControlMessage.MonitorP(session.nodePid(), batcher, monitor), session.nodePid());
    }

    @Override
    public boolean isCounted() {
        return false;
    }

    @Override
    public void on(Event event) {
        switch (event) {
            case Event.Message(EncodedTerm batch) -> deliver(batch);
            case Event.Oversized(String limit) -> kill(limit);
            case Event.Lost _ -> {
                // The session ends the calls themselves.
            }
            case Event.Spawned _, Event.Exit _, Event.DecodedExit _, Event.Fragment _, Event.BatcherEnded _ -> {
                // Nothing but messages is sent to the alias.
            }
        }
    }

    /// Delivers a list of answers: `{Ref, return, Value}` and so on.
    private void deliver(EncodedTerm batch) {
        try {
            EtfInput in = batch.open(FRAMING);
            for (int left = TermDecoder.decodeListLength(in); left > 0; left--) {
                EncodedTerm answer = batch.next(in);
                EtfInput inner = answer.open(FRAMING);
                TermDecoder.decodeTupleArity(inner);
                session.answered(TermDecoder.decodeReference(inner), answer.compact());
            }
        } catch (MalformedTerm e) {
            kill(e.getMessage());
        }
    }

    /// The calls whose answers were in an unreadable batch are unknown. The end of the batcher ends all its
    /// calls.
    private void kill(@Nullable String problem) {
        log.warn("Ending {} on {}: its answers cannot be read: {}", NAME, session, problem);
        session.batcher().ifPresent(batcher -> KillSignal.send(session, session.nodePid(), batcher));
    }

    /// Waits for the end of the batcher, for any reason.
    private final class End implements PendingReply {
        @Override
        public boolean isCounted() {
            return false;
        }

        @Override
        public void on(Event event) {
            switch (event) {
                case Event.Exit(EncodedTerm reason) -> ended(ExitReason.of(reason, limits));
                case Event.DecodedExit(Term reason) -> ended(ExitReason.of(reason));
                case Event.Oversized _ -> ended(ExitReason.UNREADABLE);
                case Event.Lost _ -> session.batcher(null);
                case Event.Spawned _, Event.Message _, Event.Fragment _, Event.BatcherEnded _ -> {
                    // Not sent to a monitor's reference.
                }
            }
        }

        private void ended(ExitReason reason) {
            Term cause = reason.term();
            session.batcher(null);
            session.pendingReplies().remove(alias);
            log.warn(
                    "{} on {} ended: {}; its calls end, later calls go on without it",
                    NAME,
                    session,
                    Excerpt.of(cause));
            session.pendingReplies().forEach(pending -> pending.on(new Event.BatcherEnded(cause)));
        }
    }
}
