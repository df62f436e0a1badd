package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Peer;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.connection.Disconnect;
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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process of `pier_calls` on a peer, which runs the calls of one connection and gathers their answers.
///
/// It is looked for once in a connection's life, beside the first call, on a thread of its own; calls do not wait for
/// it. While there is none they are requests to spawn, with the same results. Its answers come to an alias, on the
/// connection's reader, which cuts them apart and hands each to its call undecoded. A large one goes to its call
/// itself.
///
/// The hazard: when it ends, nobody answers what it was running. So it is monitored, and those calls end with it.
public final class CallBatcher implements PendingReply {
    private static final Logger log = LoggerFactory.getLogger(CallBatcher.class);

    private static final String NAME = "pier_calls";
    private static final Atom MODULE = Atom.of(NAME);
    private static final Atom START = Atom.of("start");
    private static final Atom KILL = Atom.of("kill");

    /// Of what is said between us. A module that does not know it fails, and calls go on without it.
    private static final long VERSION = 1;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /// To cut the answers apart. Each is bound by the call's own limits when that is read.
    private static final DecodeLimits FRAMING = DecodeLimits.DEFAULT;

    private final Session session;
    private final DecodeLimits limits;
    private final Reference alias;

    private CallBatcher(Session session, DecodeLimits limits) {
        this.session = session;
        this.limits = limits;
        this.alias = session.identifiers().nextReference();
    }

    /// Looks for it, unless that has been done already on this connection.
    public static void seek(Session session, Peer peer, DecodeLimits limits) {
        if (session.seekBatcher()) {
            Thread.ofVirtual().name("erlang-call-helper").start(() -> {
                if (session.batching() == BatchingMode.LOAD) {
                    ModuleLoader.load(NAME, peer);
                }
                new CallBatcher(session, limits).start(peer);
            });
        }
    }

    private void start(Peer peer) {
        boolean running = false;
        try {
            session.pendingReplies().register(alias, this);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            ErpcCall call = ErpcCall.spawn(session, GroupLeaderLookup.of(session, deadline), MODULE, START, out -> {
                TermEncoder.encodeListHeader(2, out);
                TermEncoder.encodeLong(VERSION, out);
                TermEncoder.encodeReference(alias, out);
                TermEncoder.encodeNil(out);
            });
            ErpcCall.Outcome outcome = call.await(deadline);
            if (outcome == null) {
                call.abandon();
            } else if (outcome instanceof ErpcCall.Outcome.Exited(EncodedTerm reason)
                    && new ErpcResult(NAME, call.tag(), limits).value(reason).decode(limits) instanceof Pid helper) {
                // In this order: what the watch reports has the last word.
                session.batcher(helper);
                running = true;
                watch(helper);
            }
        } catch (ErlangException e) {
            log.debug("{} runs no {}: {}", peer.nodeName(), NAME, e.getMessage());
        } catch (ConnectionEnded e) {
            log.debug("{} has gone", peer.nodeName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!running) {
                session.pendingReplies().remove(alias);
            }
        }
    }

    private void watch(Pid helper) throws ConnectionEnded {
        Reference monitor = session.identifiers().nextReference();
        session.pendingReplies().register(monitor, new End());
        // Even behind a full queue: an unwatched helper could end without its calls being told.
        session.sendRequired(new ControlMessage.MonitorP(session.nodePid(), helper, monitor), session.nodePid());
    }

    @Override
    public boolean isCounted() {
        return false;
    }

    @Override
    public void message(EncodedTerm message) {
        try {
            EtfInput in = message.open(FRAMING);
            for (int left = TermDecoder.decodeListLength(in); left > 0; left--) {
                answered(message.next(in));
            }
        } catch (MalformedTerm e) {
            giveUp(e.getMessage());
        }
    }

    /// `{Ref, return, Value}` and so on.
    private void answered(EncodedTerm answer) {
        EtfInput in = answer.open(FRAMING);
        TermDecoder.decodeTupleArity(in);
        session.answered(TermDecoder.decodeReference(in), answer);
    }

    @Override
    public void oversized(String limit) {
        giveUp(limit);
    }

    /// Nobody knows whose answers were in a message that cannot be read. With the end of the helper all its calls end.
    private void giveUp(@Nullable String why) {
        log.warn("{} sent answers that cannot be taken, and is ended: {}", session, why);
        session.batcher()
                .ifPresent(helper -> session.sendRequired(
                        new ControlMessage.PayloadExit2(session.nodePid(), helper), session.nodePid(), KILL));
    }

    @Override
    public void lost(Disconnect disconnect) {
        // The calls are told themselves.
    }

    /// Takes the end of the process, whatever its reason is.
    private final class End implements PendingReply {
        @Override
        public boolean isCounted() {
            return false;
        }

        @Override
        public void down(EncodedTerm reason) {
            ended(ExitReason.of(reason, limits));
        }

        @Override
        public void down(Term reason) {
            ended(ExitReason.of(reason));
        }

        @Override
        public void oversized(String limit) {
            ended(ExitReason.UNREADABLE);
        }

        private void ended(ExitReason reason) {
            Term told = reason.term();
            session.batcher(null);
            session.pendingReplies().remove(alias);
            log.warn("{} of {} ended ({}): calls go on without it", NAME, session, Excerpt.of(told));
            session.pendingReplies().forEach(holder -> holder.helperEnded(told));
        }

        @Override
        public void lost(Disconnect disconnect) {
            session.batcher(null);
        }
    }
}
