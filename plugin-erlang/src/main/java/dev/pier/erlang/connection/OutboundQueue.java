package dev.pier.erlang.connection;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits to be written on one connection. Any thread puts in, the writer takes all out at once.
///
/// Bounded in bytes: what exceeds the bound is turned away, so that a peer which does not read costs a known amount of
/// memory. The lock guards every field, and is never held over a write.
final class OutboundQueue {
    /// What became of an offer.
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    /// Answers that the protocol demands may exceed the bound by this factor; a peer that makes us owe it more without
    /// reading is cut off.
    private static final int PROTOCOL_FACTOR = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final long maxBytes;
    private ArrayDeque<Outbound> waiting = new ArrayDeque<>();
    private long bytes;
    private int signals;
    private boolean tick;
    private boolean closed;

    OutboundQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    /// Puts a signal in, unless the bound is reached. A single signal may be larger than the bound if nothing else
    /// waits.
    Offer offer(Outbound signal) {
        return put(signal, maxBytes);
    }

    /// Puts a signal in that the protocol demands (an answer, a cancellation). [Offer#FULL] means that the peer has
    /// stopped reading, and the connection has to go.
    Offer demand(Outbound signal) {
        return put(signal, maxBytes * PROTOCOL_FACTOR);
    }

    private Offer put(Outbound signal, long bound) {
        lock.lock();
        try {
            if (closed) {
                return Offer.CLOSED;
            }
            if (bytes > 0 && bytes + signal.size() > bound) {
                return Offer.FULL;
            }
            waiting.add(signal);
            bytes += signal.size();
            signals++;
            filled.signal();
            return Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /// Has a tick written before anything else.
    void tick() {
        lock.lock();
        try {
            tick = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Takes out all that waits. Waits for something unless the writer has work left.
    ///
    /// @return whether a tick is due; `null` once the queue has been closed
    @Nullable
    Boolean takeAll(Queue<Outbound> into, boolean wait) throws InterruptedException {
        ArrayDeque<Outbound> taken;
        boolean tickDue;
        lock.lock();
        try {
            while (wait && waiting.isEmpty() && !tick && !closed) {
                filled.await();
            }
            if (closed) {
                return null;
            }
            taken = waiting;
            waiting = new ArrayDeque<>();
            tickDue = tick;
            tick = false;
        } finally {
            lock.unlock();
        }
        into.addAll(taken);
        return tickDue;
    }

    /// Tells that these bytes and signals have been written, which makes room.
    void written(long writtenBytes, int writtenSignals) {
        lock.lock();
        try {
            bytes -= writtenBytes;
            signals -= writtenSignals;
        } finally {
            lock.unlock();
        }
    }

    /// How many signals wait or are being written.
    int depth() {
        lock.lock();
        try {
            return signals;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /// Turns away all later offers, drops what waits, and wakes the writer. Idempotent.
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
