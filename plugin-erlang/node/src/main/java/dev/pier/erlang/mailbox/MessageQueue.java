package dev.pier.erlang.mailbox;

import dev.pier.erlang.call.DeadlineParker;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What waits in one process, oldest first. Bounded; readers put in and never wait, the process's own threads take out.
///
/// One lock guards every field; no foreign code runs under it. What the node itself reports (DOWN, EXIT) is taken
/// beyond the bound: the process has asked for it, and waits for it.
final class MessageQueue {
    private static final Thread[] NOBODY = {};

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

    /// A place in the list: its neighbours, and what lies there. The list's own head has nothing.
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

    /// What became of a message.
    enum Put {
        TAKEN,
        /// The first that there was no room for.
        FIRST_DROPPED,
        DROPPED,
        CLOSED
    }

    MessageQueue(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /// Puts a message in, if there is room.
    Put offer(EncodedMessage message, EncodedTerm encoded) {
        Thread[] woken;
        lock.lock();
        try {
            if (closed) {
                return Put.CLOSED;
            }
            if (size >= maxMessages || (size > 0 && bytes + encoded.length() > maxBytes)) {
                return ++dropped == 1 ? Put.FIRST_DROPPED : Put.DROPPED;
            }
            append(message, encoded.length());
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(woken);
        return Put.TAKEN;
    }

    /// Puts in what the node reports.
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

    /// Those who have found nothing. Who finds nothing again puts itself in again.
    private Thread[] takeWaiting() {
        if (waiting.isEmpty()) {
            return NOBODY;
        }
        Thread[] all = waiting.toArray(NOBODY);
        waiting.clear();
        return all;
    }

    /// To be called without the lock, which the woken take first of all.
    private static void wake(Thread[] threads) {
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }

    /// The oldest entry behind the given one, which may have been taken meanwhile; waits for one if there is none.
    ///
    /// @param previous where the caller has got to; `null` for the beginning
    /// @return `null` if none comes by the deadline, or the inbox is closed
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
            DeadlineParker.park(this, deadlineNanos);
        }
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
    /// @return false if somebody else has
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

    /// Takes the oldest message out.
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

    /// Takes out all that fits.
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

    /// Drops what waits and all that comes, and wakes everybody who waits.
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
