package dev.pier.erlang.mailbox;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.DeadlineParker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The waiting messages of one process, oldest first. Bounded. `DOWN` and `EXIT` messages are added beyond the
/// limits, because the process has asked for them and waits for them.
///
/// Threads: readers add and never wait; the threads of the process take out, and may wait. One lock guards every
/// field; no foreign code but the predicate of [#removeIf] runs under it.
class MessageQueue {
    private static final Thread[] NONE = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> waiting = new ArrayList<>();
    private final int maxMessages;
    private final long maxBytes;
    private final Entry head = new Entry(0, null, 0);
    private int size;
    private long bytes;
    private long lastNumber;
    private long dropped;
    private boolean closed;

    /// A node of the ring: its neighbours, and its message. The head of the ring has no message.
    static final class Entry {
        private final long number;
        private final @Nullable EncodedMessage message;
        private final int bytes;
        private Entry before = this;
        private Entry after = this;
        private boolean taken;

        private Entry(long number, @Nullable EncodedMessage message, int bytes) {
            this.number = number;
            this.message = message;
            this.bytes = bytes;
        }

        EncodedMessage message() {
            return Objects.requireNonNull(message);
        }
    }

    /// The result of [#offer].
    enum Result {
        ADDED,
        /// The queue is full, for the first time.
        FIRST_DROPPED,
        /// The queue is full, not for the first time.
        DROPPED,
        CLOSED
    }

    MessageQueue(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /// Adds a message, if there is room.
    Result offer(EncodedMessage message, EncodedTerm encoded) {
        Thread[] woken;
        lock.lock();
        try {
            if (closed) {
                return Result.CLOSED;
            }
            if (size >= maxMessages || (size > 0 && bytes + encoded.length() > maxBytes)) {
                return ++dropped == 1 ? Result.FIRST_DROPPED : Result.DROPPED;
            }
            append(message, encoded.length());
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(woken);
        return Result.ADDED;
    }

    /// Adds a `DOWN` or `EXIT` message, also beyond the limits.
    void add(EncodedMessage report) {
        Thread[] woken;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            append(report, 0);
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }

    private void append(EncodedMessage message, int length) {
        Entry entry = new Entry(++lastNumber, message, length);
        entry.before = head.before;
        entry.after = head;
        head.before.after = entry;
        head.before = entry;
        size++;
        bytes += length;
    }

    /// The threads that have found no message. One that finds none again adds itself again.
    private Thread[] takeWaiting() {
        if (waiting.isEmpty()) {
            return NONE;
        }
        Thread[] all = waiting.toArray(NONE);
        waiting.clear();
        return all;
    }

    /// To be called without the lock, because the woken threads take it first. Overridden in a test.
    void wake(Thread[] threads) {
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    /// The oldest entry after the given one. Waits for one if there is none.
    ///
    /// @param previous the last entry that the caller has seen, taken meanwhile or not; `null` for the beginning
    /// @return `null` if there is none by the deadline, or the queue is closed
    @Nullable
    Entry awaitAfter(@Nullable Entry previous, long deadlineNanos) throws InterruptedException {
        Thread me = Thread.currentThread();
        while (true) {
            boolean interrupted = Thread.interrupted();
            lock.lock();
            try {
                waiting.remove(me);
                if (interrupted) {
                    throw new InterruptedException();
                }
                Entry next = closed ? null : after(previous);
                if (next != null || closed || deadlineNanos - System.nanoTime() <= 0) {
                    return next;
                }
                waiting.add(me);
            } finally {
                lock.unlock();
            }
            park(deadlineNanos);
        }
    }

    /// Waits until woken or until the deadline; may return early. Overridden in a test.
    void park(long deadlineNanos) {
        DeadlineParker.park(this, deadlineNanos);
    }

    private @Nullable Entry after(@Nullable Entry previous) {
        Entry next = previous == null || previous.taken ? head.after : previous.after;
        while (previous != null && next != head && next.number <= previous.number) {
            next = next.after;
        }
        return next == head ? null : next;
    }

    /// Takes an entry out.
    ///
    /// @return false if another thread has, or the queue is closed
    boolean take(Entry entry) {
        lock.lock();
        try {
            if (entry.taken || closed) {
                return false;
            }
            unlink(entry);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the oldest message out; `null` if there is none.
    @Nullable
    EncodedMessage poll() {
        lock.lock();
        try {
            Entry first = head.after;
            if (first == head) {
                return null;
            }
            unlink(first);
            return first.message();
        } finally {
            lock.unlock();
        }
    }

    private void unlink(Entry entry) {
        entry.taken = true;
        entry.before.after = entry.after;
        entry.after.before = entry.before;
        size--;
        bytes -= entry.bytes;
    }

    /// Removes the messages that match.
    void removeIf(Predicate<EncodedMessage> unwanted) {
        lock.lock();
        try {
            for (Entry entry = head.after; entry != head; entry = entry.after) {
                if (unwanted.test(entry.message())) {
                    unlink(entry);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /// Discards the waiting messages and all that follow, and wakes the waiting threads.
    void close() {
        Thread[] woken;
        lock.lock();
        try {
            closed = true;
            head.before = head;
            head.after = head;
            size = 0;
            bytes = 0;
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }
}
