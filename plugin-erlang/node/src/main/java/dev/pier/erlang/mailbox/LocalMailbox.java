package dev.pier.erlang.mailbox;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Message;
import dev.pier.erlang.process.LocalProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A process whose messages wait until some thread asks for them.
final class LocalMailbox extends AbstractJavaProcess implements Mailbox {
    private final String label;

    /// @param label what log lines and errors call it
    LocalMailbox(ProcessContext environment, LocalProcess process, String label) {
        super(environment, process);
        this.label = label;
    }

    @Override
    public Optional<Message> receive(Duration timeout) {
        return receive(_ -> true, timeout);
    }

    @Override
    public Optional<Message> receive(Predicate<? super Message> accepted, Duration timeout) {
        requireAlive();
        long deadline = System.nanoTime() + timeout.toNanos();
        MessageQueue.Entry place = null;
        while (true) {
            place = awaitAfter(place, deadline);
            if (place == null) {
                requireAlive();
                return Optional.empty();
            }
            if (accepts(accepted, place) && inbox.take(place)) {
                return Optional.of(place.message());
            }
        }
    }

    private MessageQueue.@Nullable Entry awaitAfter(MessageQueue.@Nullable Entry place, long deadline) {
        try {
            return inbox.awaitAfter(place, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CallCancelled("interrupted while waiting for a message", e);
        }
    }

    private boolean accepts(Predicate<? super Message> accepted, MessageQueue.Entry entry) {
        try {
            return accepted.test(entry.message());
        } catch (MalformedTerm e) {
            if (inbox.take(entry)) {
                unreadable(e);
            }
            return false;
        }
    }

    @Override
    public int size() {
        return inbox.size();
    }

    @Override
    public long dropped() {
        return inbox.dropped();
    }

    @Override
    public String toString() {
        return label;
    }
}
