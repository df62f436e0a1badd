package dev.pier.erlang.mailbox;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Message;
import dev.pier.erlang.internal.ClosedAtStop;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.process.ExitReason;
import dev.pier.erlang.process.LocalProcess;
import dev.pier.erlang.process.ProcessSnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A process whose messages wait until a thread receives them.
final class LocalMailbox extends AbstractJavaProcess implements Mailbox, ClosedAtStop, EndlessUses.Use {
    private final String label;
    private final Object lock = new Object();

    /// Written under `lock`.
    private volatile @Nullable MailboxPublisher publisher;

    /// @param label its name in log lines and errors
    LocalMailbox(ProcessContext context, LocalProcess process, String label) {
        super(context, process);
        this.label = label;
    }

    @Override
    ProcessSnapshot.Role role() {
        return ProcessSnapshot.Role.MAILBOX;
    }

    @Override
    public Optional<Message> receive(Duration timeout) {
        return receive(_ -> true, timeout);
    }

    @Override
    public Optional<Message> receive(Predicate<? super Message> accepted, Duration timeout) {
        requireAlive();
        long deadline = System.nanoTime() + timeout.toNanos();
        MessageQueue.Entry entry = null;
        while (true) {
            entry = awaitAfter(entry, deadline);
            if (entry == null) {
                requireAlive();
                return Optional.empty();
            }
            if (accepts(accepted, entry) && queue.take(entry)) {
                return Optional.of(entry.message());
            }
        }
    }

    private MessageQueue.@Nullable Entry awaitAfter(MessageQueue.@Nullable Entry previous, long deadline) {
        try {
            return queue.awaitAfter(previous, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while waiting for a message", e);
        }
    }

    private boolean accepts(Predicate<? super Message> accepted, MessageQueue.Entry entry) {
        try {
            return accepted.test(entry.message());
        } catch (MalformedTerm e) {
            if (queue.take(entry)) {
                unreadable(e);
            }
            return false;
        }
    }

    @Override
    public Flow.Publisher<Message> publisher() {
        synchronized (lock) {
            MailboxPublisher made = publisher;
            if (made == null) {
                made = new MailboxPublisher(this);
                publisher = made;
                closeAtStop();
                // The process may have ended before the publisher was there to be told.
                process.exitReason().ifPresent(made::ended);
            }
            return made;
        }
    }

    @Override
    public void closeAtStop() {
        context.endless().add(this);
    }

    @Override
    public void endAtStop() {
        process.end(ExitReason.SHUTDOWN);
    }

    @Override
    public boolean isOver() {
        return !process.isAlive();
    }

    @Override
    void arrived() {
        MailboxPublisher told = publisher;
        if (told != null) {
            told.changed();
        }
    }

    @Override
    void finished(ExitReason reason) {
        context.endless().remove(this);
        MailboxPublisher told = publisher;
        if (told != null) {
            told.ended(reason);
        }
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public long dropped() {
        return queue.dropped();
    }

    @Override
    public String toString() {
        return label;
    }
}
