package dev.pier.erlang.stream;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.call.CallOutcome;
import dev.pier.erlang.call.FunctionCall;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.mapping.Excerpt;
import dev.pier.erlang.process.DeadlineParker;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A bounded buffer between the lane's reader, which puts in what arrives, and the stream's consumer, which
/// takes it out. A failure of the stream becomes an exception of the consumer.
///
/// Threads: one thread writes, the reader of the connection; one reads, the consumer; any thread closes. On a lane,
/// the reader waits when the buffer is full, so that the lane's socket is not read and Erlang suspends the sending
/// process. On the connection that streams share, the reader never waits: the sender has credit, and an item beyond
/// it, or beyond the memory for it, ends the stream.
final class StreamBuffer {
    /// An item of a stream. First come messages, then the parts of the exit reason, then the end.
    sealed interface Item {
        /// A message of the producer.
        record Message(EncodedTerm term) implements Item {}

        /// A part of the exit reason, cut at any byte.
        record Part(EncodedTerm bytes) implements Item {}

        /// Nothing follows. It stays in the buffer.
        ///
        /// @param failure why the stream ended early; `null` if it is complete or was closed
        record End(CallOutcome.@Nullable Failed failure) implements Item {}
    }

    /// Small terms take more memory than their bytes.
    private static final int OVERHEAD = 64;

    /// In bytes: what a row's message may take besides the bytes of credit that it uses.
    private static final int HEAD = 320;

    /// Messages that need no credit: those that say that a producer begins, and those that it did not send.
    private static final int FREE_MESSAGES = 1024;

    private static final long FOREVER = Long.MAX_VALUE / 2;
    private static final Item END = new Item.End(null);

    private final FunctionCall call;
    private final int window;
    private final StreamBudget.@Nullable Share share;
    private final Duration timeout;

    /// Guards the fields that follow.
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long bytes;
    private long rowsAllowed = FREE_MESSAGES;
    private long bytesAllowed = StreamBudget.FIRST_WINDOW;
    private @Nullable Item end;
    private boolean closed;

    /// The consumer that waits for an item.
    private @Nullable Thread waiting;

    private long lastRead = System.nanoTime();

    /// @param call for messages of exceptions
    /// @param window how many bytes may wait for the consumer on a lane
    /// @param share the stream's share of memory; `null` on a lane
    /// @param timeout how long the answer may take to begin, and a returned value may pause
    StreamBuffer(FunctionCall call, int window, StreamBudget.@Nullable Share share, Duration timeout) {
        this.call = call;
        this.window = window;
        this.share = share;
        this.timeout = timeout;
    }

    // The writing side.

    /// Adds an item. On a lane, waits until there is room or the buffer is closed; a single item may be larger
    /// than the window.
    ///
    /// @return false if the item exceeds a limit, which has ended the stream
    boolean put(Item item) {
        long size = size(item);
        lock.lock();
        try {
            if (share == null) {
                while (bytes > 0 && bytes + size > window && !closed) {
                    // The consumer takes out or closes, also after the connection was closed.
                    emptied.awaitUninterruptibly();
                }
            }
            if (closed || end != null) {
                return true;
            }
            String exceeded = share == null ? null : exceeded(share, item, size);
            if (exceeded != null) {
                end(new CallOutcome.Oversized(exceeded));
                return false;
            }
            items.add(item);
            bytes += size;
            LockSupport.unpark(waiting);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Counts an item against the credit and the memory of the stream.
    ///
    /// @return which limit it exceeds, in a sentence; `null` if none
    private @Nullable String exceeded(StreamBudget.Share memory, Item item, long size) {
        if (item instanceof Item.Message(EncodedTerm message)) {
            if (rowsAllowed <= 0 || bytesAllowed <= 0) {
                return "it was sent without credit, see pier_stream (setting erlang.bulk.window)";
            }
            rowsAllowed--;
            // At most what the sender has counted, so that it cannot seem to exceed the credit when it does not.
            bytesAllowed -= Math.max(0, message.length() - HEAD);
        }
        return memory.hold(bytes + size)
                ? null
                : size + " bytes are more than streams from this peer may retain now (setting erlang.bulk.bytes)";
    }

    /// The consumer is about to grant credit to the sender.
    ///
    /// @param window how many bytes the sender may have altogether
    /// @param windowRows how many rows it may have altogether
    void granted(int rows, long moreBytes, int windowRows, int window) {
        lock.lock();
        try {
            // More cannot be under way than one window of each of two producers, of which one has ended.
            rowsAllowed = Math.min(rowsAllowed + rows, FREE_MESSAGES + 2L * windowRows);
            bytesAllowed = Math.min(bytesAllowed + moreBytes, StreamBudget.FIRST_WINDOW + 2L * window);
        } finally {
            lock.unlock();
        }
    }

    /// Ends the stream behind what is in the buffer. Only the first end counts.
    ///
    /// @param failure why the stream ended early; `null` if it is complete
    void end(CallOutcome.@Nullable Failed failure) {
        lock.lock();
        try {
            if (end == null) {
                end = failure == null ? END : new Item.End(failure);
                LockSupport.unpark(waiting);
            }
        } finally {
            lock.unlock();
        }
    }

    // The reading side. Items stay in the buffer until `remove`.

    /// The first item.
    ///
    /// @throws CallTimeout if nothing arrives by the deadline
    /// @throws ErlangException if the stream ended early
    Item first(long deadlineNanos) {
        Item item = peek(deadlineNanos);
        if (item == null) {
            throw new CallTimeout(call + " gave no answer within " + timeout.toMillis() + " ms");
        }
        return requireNoEnd(item);
    }

    /// The next item, however long it takes: the tick monitor of the connection bounds the wait.
    ///
    /// @throws ErlangException if the stream ended early
    Item next() {
        Item item = null;
        while (item == null) {
            item = peek(System.nanoTime() + FOREVER);
        }
        return requireNoEnd(item);
    }

    /// The next item, waiting at most for the timeout.
    ///
    /// @throws CallTimeout if it does not arrive within the timeout
    /// @throws ErlangException if the stream ended early or was closed
    Item within() {
        Item item = peek(System.nanoTime() + timeout.toNanos());
        if (item == null) {
            throw new CallTimeout(
                    call + " stopped in the middle of its answer: nothing arrived for " + timeout.toMillis() + " ms");
        }
        if (item instanceof Item.End(var failure) && (failure != null || isClosed())) {
            throw exception(failure);
        }
        return item;
    }

    /// Removes and gives the next part of the exit reason; `null` behind the last.
    ///
    /// @throws CallTimeout if it does not arrive within the timeout
    /// @throws ErlangException if the stream ended early or was closed
    @Nullable
    EncodedTerm nextPart() {
        return switch (within()) {
            case Item.Part(EncodedTerm part) -> {
                remove();
                yield part;
            }
            case Item.Message _ -> throw new MalformedTerm(call + " sent a message after its answer");
            case Item.End _ -> null;
        };
    }

    /// Removes the item that was read.
    void remove() {
        lock.lock();
        try {
            Item item = items.poll();
            if (item != null) {
                bytes -= size(item);
                if (share != null) {
                    share.hold(bytes);
                }
                emptied.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether an item or the end is there, waiting at most so long.
    boolean await(Duration patience) {
        long nanos = patience.compareTo(Duration.ofNanos(FOREVER)) < 0 ? patience.toNanos() : FOREVER;
        return peek(System.nanoTime() + nanos) != null;
    }

    /// Waits for the next item, and gives `null` after the deadline.
    ///
    /// @throws ErlangException if the stream ended early
    @Nullable
    Item firstOrNull(long deadlineNanos) {
        Item item = peek(deadlineNanos);
        return item == null ? null : requireNoEnd(item);
    }

    /// Waits for the next item or the end, and gives `null` after the deadline.
    @Nullable
    Item peek(long deadlineNanos) {
        Item next = nextOrWaiting();
        return next == null ? awaitNext(deadlineNanos) : next;
    }

    private @Nullable Item awaitNext(long deadlineNanos) {
        try {
            Item next = null;
            while (next == null && deadlineNanos - System.nanoTime() > 0) {
                // Not a condition: a timed wait of a virtual thread costs more than the rest of a small stream.
                DeadlineParker.park(this, deadlineNanos);
                if (Thread.currentThread().isInterrupted()) {
                    throw new CallCancelled(call + " was cancelled: the reading thread was interrupted");
                }
                next = nextOrWaiting();
            }
            return next;
        } finally {
            waited();
        }
    }

    /// The next item or the end; `null` if neither is there yet, and then the next one wakes this thread.
    private @Nullable Item nextOrWaiting() {
        lock.lock();
        try {
            Item next = items.isEmpty() ? end : items.peek();
            if (next == null) {
                waiting = Thread.currentThread();
            } else {
                lastRead = System.nanoTime();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void waited() {
        lock.lock();
        try {
            waiting = null;
            lastRead = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private Item requireNoEnd(Item item) {
        if (item instanceof Item.End(var failure)) {
            throw exception(failure);
        }
        return item;
    }

    private ErlangException exception(CallOutcome.@Nullable Failed failure) {
        return switch (failure) {
            case null -> new CallCancelled("the stream of " + call + " has been closed");
            case CallOutcome.NotSpawned(Term why) ->
                new RemoteError(call + " could not be started: " + Excerpt.of(why), why, ListTerm.EMPTY);
            case CallOutcome.Oversized(String limit) ->
                new MalformedTerm(call + " sent something that was discarded: " + limit);
            case CallOutcome.Lost(var disconnect) ->
                new ConnectionLost(call + " was cut off: connection lost, " + disconnect.reason(), disconnect.cause());
        };
    }

    // Both sides.

    /// For how long something has been waiting to be read; 0 if nothing is.
    long stalledNanos() {
        lock.lock();
        try {
            return items.isEmpty() ? 0 : unreadNanos();
        } finally {
            lock.unlock();
        }
    }

    /// For how long the consumer has not read. A consumer that waits for an item is reading.
    long unreadNanos() {
        lock.lock();
        try {
            return waiting != null ? 0 : System.nanoTime() - lastRead;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes are in the buffer.
    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Discards what is there and what still comes, and releases both sides. Idempotent.
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

    private static long size(Item item) {
        return OVERHEAD
                + switch (item) {
                    case Item.Message(EncodedTerm term) -> term.retainedBytes();
                    case Item.Part(EncodedTerm part) -> part.retainedBytes();
                    case Item.End _ -> 0;
                };
    }
}
