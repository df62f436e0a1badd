package dev.pier.erlang.mailbox;

import dev.pier.erlang.credit.SharedBytes;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.mapping.EncodedMessage;
import dev.pier.erlang.process.DeadlineParker;
import dev.pier.erlang.term.Atom;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The waiting messages of one process, oldest first. Bounded by their number and by the memory that they retain, alone
/// and together with those of all other processes.
///
/// The reports of the node, `DOWN` and `EXIT`, have limits of their own, as high as those of the messages, so that
/// a flood of messages displaces none. Beyond the limit of bytes they lose their reason. The process has asked for
/// each
/// `DOWN`, so only `EXIT` is limited in number.
///
/// Threads: readers add and never wait; the threads of the process take out, and may wait. One lock guards every
/// field; no foreign code but the predicate of [#removeIf] runs under it.
class MessageQueue {
    private static final Thread[] NONE = {};

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> waiting = new ArrayList<>();
    private final int maxMessages;
    private final long maxBytes;
    private final SharedBytes shared;
    private final Entry head = new Entry(0, null, Atom.EMPTY, 0, false);
    private final Load messages = new Load();
    private final Load reports = new Load();
    private long lastNumber;
    private long dropped;
    private boolean closed;

    /// The messages or the reports that wait.
    private static final class Load {
        private int size;
        private long bytes;

        private void clear() {
            size = 0;
            bytes = 0;
        }
    }

    /// A node of the ring: its neighbours, and its message. The head of the ring has no message.
    static final class Entry {
        private final long number;
        private final @Nullable EncodedMessage message;
        private final Atom sender;
        private final long bytes;
        private final boolean report;
        private Entry before = this;
        private Entry after = this;
        private boolean taken;

        private Entry(long number, @Nullable EncodedMessage message, Atom sender, long bytes, boolean report) {
            this.number = number;
            this.message = message;
            this.sender = sender;
            this.bytes = bytes;
            this.report = report;
        }

        EncodedMessage message() {
            return Objects.requireNonNull(message);
        }
    }

    /// The result of [#offer] and [#add].
    enum Result {
        ADDED,
        /// The queue is full, for the first time.
        FIRST_DROPPED,
        /// The queue is full, not for the first time.
        DROPPED,
        CLOSED
    }

    /// @param shared the memory for the messages of all processes
    MessageQueue(int maxMessages, long maxBytes, SharedBytes shared) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
        this.shared = shared;
    }

    /// Adds a message, if there is room.
    ///
    /// @param sender the node that it comes from
    Result offer(EncodedMessage message, EncodedTerm encoded, Atom sender) {
        long retained = encoded.retainedBytes();
        Thread[] woken;
        lock.lock();
        try {
            if (closed) {
                return Result.CLOSED;
            }
            if (messages.size >= maxMessages || exceedsBytes(messages, retained) || !shared.take(sender, retained)) {
                return droppedOne();
            }
            woken = append(new Entry(++lastNumber, message, sender, retained, false));
        } finally {
            lock.unlock();
        }
        wake(woken);
        return Result.ADDED;
    }

    /// Adds a `DOWN` or `EXIT` message.
    ///
    /// @param sender the node that it comes from
    Result add(EncodedMessage report, Atom sender) {
        Thread[] woken;
        lock.lock();
        try {
            if (closed) {
                return Result.CLOSED;
            }
            if (reports.size >= maxMessages && report.isExit()) {
                return droppedOne();
            }
            long retained = report.retainedBytes();
            woken = append(
                    exceedsBytes(reports, retained) || !shared.take(sender, retained)
                            ? new Entry(++lastNumber, report.withoutReason(), sender, 0, true)
                            : new Entry(++lastNumber, report, sender, retained, true));
        } finally {
            lock.unlock();
        }
        wake(woken);
        return Result.ADDED;
    }

    /// A single one may be larger than the limit.
    private boolean exceedsBytes(Load load, long more) {
        return load.bytes > 0 && load.bytes + more > maxBytes;
    }

    private Result droppedOne() {
        return ++dropped == 1 ? Result.FIRST_DROPPED : Result.DROPPED;
    }

    private Load load(Entry entry) {
        return entry.report ? reports : messages;
    }

    /// @return the threads to wake
    private Thread[] append(Entry entry) {
        entry.before = head.before;
        entry.after = head;
        head.before.after = entry;
        head.before = entry;
        Load load = load(entry);
        load.size++;
        load.bytes += entry.bytes;
        return takeWaiting();
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
    /// @param previous the last entry that the caller has seen, taken meanwhile or not; `null` for the
    ///     beginning
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
        Load load = load(entry);
        load.size--;
        load.bytes -= entry.bytes;
        shared.give(entry.sender, entry.bytes);
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
            return messages.size + reports.size;
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

    /// How many bytes of memory the waiting messages and reports take.
    long bytes() {
        lock.lock();
        try {
            return messages.bytes + reports.bytes;
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
            for (Entry entry = head.after; entry != head; entry = entry.after) {
                shared.give(entry.sender, entry.bytes);
            }
            head.before = head;
            head.after = head;
            messages.clear();
            reports.clear();
            woken = takeWaiting();
        } finally {
            lock.unlock();
        }
        wake(woken);
    }
}
