package dev.pier.erlang.call;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.DeadlineParker;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process that makes one call to a server. It lives as long as the call, so that a late answer is discarded.
///
/// Threads: the calling thread waits; readers report. The first report that ends the call wins.
///
/// As a pending reply it stands in for the monitor towards a peer that offers none, so that the loss of the connection
/// ends the call.
final class ServerCall implements ProcessBody, PendingReply {
    private static final Logger log = LoggerFactory.getLogger(ServerCall.class);

    private final Thread waiter = Thread.currentThread();
    private final @Nullable Session asked;
    private final DecodeLimits limits;

    /// Guards `tag` and changes of `outcome`, which is read without it.
    private final Object lock = new Object();

    private @Nullable Term tag;
    private volatile @Nullable GenCallOutcome outcome;

    /// @param asked the connection to the server's node; `null` for a server of this node
    ServerCall(@Nullable Session asked, DecodeLimits limits) {
        this.asked = asked;
        this.limits = limits;
    }

    /// Sets the tag of the answer. Called before the request is sent.
    void tag(Term expected) {
        synchronized (lock) {
            tag = expected;
        }
    }

    /// How the call has ended, if it has.
    Optional<GenCallOutcome> ended() {
        return Optional.ofNullable(outcome);
    }

    /// Waits for the end of the call, on the thread that made it.
    ///
    /// @return `null` if the call has not ended by the deadline
    @Nullable
    GenCallOutcome await(long deadlineNanos) throws InterruptedException {
        while (outcome == null) {
            if (deadlineNanos - System.nanoTime() <= 0) {
                return null;
            }
            DeadlineParker.park(this, deadlineNanos);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return outcome;
    }

    /// Takes an answer only from the node that was asked: another one cannot answer in its name.
    @Override
    public void message(Session session, EncodedTerm message) {
        if (session == asked) {
            message(message);
        } else {
            log.debug("Discarded an answer from {}: another node was asked", session);
        }
    }

    /// `{Tag, Reply}`. Messages of another form or tag are discarded.
    @Override
    public void message(EncodedTerm message) {
        Term expected;
        synchronized (lock) {
            expected = tag;
        }
        try {
            EtfInput in = message.open(limits);
            if (in.peek1() == Tag.SMALL_TUPLE
                    && TermDecoder.decodeTupleArity(in) == 2
                    && TermDecoder.decode(in).equals(expected)) {
                end(new GenCallOutcome.Answered(message.from(in)));
            }
        } catch (MalformedTerm e) {
            end(new GenCallOutcome.Unreadable(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void oversized(Session session, EncodedTerm head, String limit) {
        if (session == asked) {
            oversized(limit);
        }
    }

    @Override
    public void oversized(String limit) {
        end(new GenCallOutcome.Unreadable(limit));
    }

    @Override
    public void down(Reference monitor, Term object, ExitReason reason) {
        end(new GenCallOutcome.Down(reason));
    }

    @Override
    public void ended(ExitReason reason) {
        // Another process has ended this one while it waited. After the end of the call this has no effect.
        end(new GenCallOutcome.Down(reason));
    }

    @Override
    public void on(PendingReply.Event event) {
        switch (event) {
            case PendingReply.Event.Message(EncodedTerm message) -> message(message);
            case PendingReply.Event.Oversized(String limit) -> oversized(limit);
            case PendingReply.Event.Lost _ -> end(new GenCallOutcome.Down(ExitReason.NOCONNECTION));
            case PendingReply.Event.Spawned _,
                    PendingReply.Event.Exit _,
                    PendingReply.Event.DecodedExit _,
                    PendingReply.Event.Fragment _,
                    PendingReply.Event.BatcherEnded _ -> {
                // Not sent to a reference that is neither a monitor's nor a request's.
            }
        }
    }

    private void end(GenCallOutcome end) {
        synchronized (lock) {
            if (outcome != null) {
                return;
            }
            outcome = end;
        }
        LockSupport.unpark(waiter);
    }
}
