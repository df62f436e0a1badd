package dev.pier.erlang.call;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.ProcessBody;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The process that makes one call to a server: it lives as long as the call does, so that a late answer finds nobody.
///
/// The calling thread waits, readers report. The first report that ends the call wins.
final class ServerCall implements ProcessBody {
    private final Thread waiter = Thread.currentThread();
    private final DecodeLimits limits;

    /// Guards `tag` and the change of `outcome`, which is read without.
    private final Object lock = new Object();

    private @Nullable Term tag;
    private volatile @Nullable Outcome outcome;

    /// How a call ended.
    sealed interface Outcome {
        /// @param reply still encoded
        record Answered(EncodedTerm reply) implements Outcome {}

        /// The server has ended, or there was none, or its node is gone.
        record Down(ExitReason reason) implements Outcome {}

        /// The answer was beyond a limit, or no term.
        record Unreadable(String problem) implements Outcome {}
    }

    ServerCall(DecodeLimits limits) {
        this.limits = limits;
    }

    /// By what the answer is known. Set before the request is sent.
    void tag(Term expected) {
        synchronized (lock) {
            tag = expected;
        }
    }

    /// How the call has ended, if it has.
    Optional<Outcome> ended() {
        return Optional.ofNullable(outcome);
    }

    /// Waits on the thread that made the call.
    ///
    /// @return `null` if the call has not ended by the deadline
    @Nullable
    Outcome await(long deadlineNanos) throws InterruptedException {
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

    /// `{Tag, Reply}`. Anything else is not for this call.
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
                end(new Outcome.Answered(message.from(in)));
            }
        } catch (MalformedTerm e) {
            end(new Outcome.Unreadable(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public void oversized(String limit) {
        end(new Outcome.Unreadable(limit));
    }

    @Override
    public void down(Reference monitor, Term object, ExitReason reason) {
        end(new Outcome.Down(reason));
    }

    @Override
    public void ended(ExitReason reason) {
        // Somebody ended the process while it waited; otherwise the call is over already.
        end(new Outcome.Down(reason));
    }

    private void end(Outcome how) {
        synchronized (lock) {
            if (outcome != null) {
                return;
            }
            outcome = how;
        }
        LockSupport.unpark(waiter);
    }
}
