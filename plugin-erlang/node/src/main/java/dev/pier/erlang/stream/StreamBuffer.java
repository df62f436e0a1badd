package dev.pier.erlang.stream;

import dev.pier.erlang.call.ErpcCall;
import dev.pier.erlang.etf.EncodedTerm;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What has come of a stream and waits for its consumer: a window of so many bytes. One thread puts in, the lane's
/// reader; one takes out.
///
/// When the window is full the reader waits, the lane's socket is not read, and Erlang suspends whoever sends.
final class StreamBuffer {
    /// What comes on a stream, in this order: messages, then the exit reason.
    sealed interface Item {
        /// A message of the producer.
        record Message(EncodedTerm term) implements Item {}

        /// A part of the exit reason, cut anywhere.
        record Part(EncodedTerm bytes) implements Item {}

        /// There is nothing more. It is given as often as it is asked for.
        record End(ErpcCall.@Nullable Outcome failure) implements Item {}
    }

    /// Small terms take more memory than their bytes.
    private static final int OVERHEAD = 64;

    private static final Item END = new Item.End(null);

    private final int window;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long bytes;
    private @Nullable Item end;
    private boolean closed;
    private boolean awaited;
    private long lookedAt = System.nanoTime();

    StreamBuffer(int window) {
        this.window = window;
    }

    /// Waits until there is room, or until nobody wants it. A single item may be larger than the window.
    void put(Item item) {
        int size = size(item);
        lock.lock();
        try {
            while (bytes > 0 && bytes + size > window && !closed) {
                // The consumer takes or closes; and if the connection is closed meanwhile it does so, too.
                emptied.awaitUninterruptibly();
            }
            if (!closed && end == null) {
                items.add(item);
                bytes += size;
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more will come.
    ///
    /// @param failure what ended it before its time; `null` if it is complete
    void end(ErpcCall.@Nullable Outcome failure) {
        lock.lock();
        try {
            if (end == null) {
                end = failure == null ? END : new Item.End(failure);
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The next item, which stays.
    ///
    /// @return `null` if there is none by the deadline
    @Nullable
    Item peek(long deadlineNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            awaited = true;
            while (items.isEmpty() && end == null) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return null;
                }
                filled.awaitNanos(left);
            }
            Item next = items.peek();
            return next == null ? end : next;
        } finally {
            awaited = false;
            lookedAt = System.nanoTime();
            lock.unlock();
        }
    }

    /// Takes out what [#peek] has shown.
    void remove() {
        lock.lock();
        try {
            Item item = items.poll();
            if (item != null) {
                bytes -= size(item);
                emptied.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// For how many nanoseconds the consumer has not looked at what is there. One that waits for more is looking.
    long unreadNanos() {
        lock.lock();
        try {
            return awaited ? 0 : System.nanoTime() - lookedAt;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes wait.
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// Drops what is there and what comes, and lets the reader go on. Idempotent.
    void close() {
        lock.lock();
        try {
            closed = true;
            items.clear();
            bytes = 0;
            end(null);
            emptied.signal();
        } finally {
            lock.unlock();
        }
    }

    private static int size(Item item) {
        return OVERHEAD
                + switch (item) {
                    case Item.Message(EncodedTerm term) -> term.length();
                    case Item.Part(EncodedTerm part) -> part.length();
                    case Item.End _ -> 0;
                };
    }
}
