package dev.pier.erlang.connection;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits to be written on one connection, and whose turn it is to write. Any thread puts in; whoever has the
/// turn takes all out at once.
///
/// Nobody has the turn while nothing waits. The thread that then puts something in gets it, and keeps it until
/// nothing waits any more, or hands it over to the connection's own thread. Only the reader may put something in
/// without taking the turn, and takes it later ([#takeTurn]).
///
/// Bounded in bytes: what exceeds the bound is turned away, so that a peer which does not read costs a known amount
/// of memory. The lock guards every field, and is never held over a write.
final class OutboundQueue {
    /// What became of an offer.
    enum Offer {
        /// Whoever has the turn will write it.
        TAKEN,
        /// The same, and the turn now is that of the thread that asked.
        TAKEN_WITH_TURN,
        FULL,
        CLOSED
    }

    /// Answers that the protocol demands may exceed the bound by this factor; a peer that makes us owe it more
    /// without reading is cut off.
    private static final int PROTOCOL_FACTOR = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition handedOver = lock.newCondition();
    private final long maxBytes;
    private ArrayDeque<Outbound> waiting = new ArrayDeque<>();
    private long bytes;
    private int signals;
    private Turn turn = Turn.NOBODYS;
    private boolean closed;

    private enum Turn {
        NOBODYS,
        TAKEN,
        HANDED_OVER
    }

    OutboundQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    /// Puts a signal in, unless the bound is reached. A single signal may be larger than the bound if nothing else
    /// waits.
    Offer offer(Outbound signal) {
        return put(signal, maxBytes, true);
    }

    /// As [#offer], without claiming the turn: the caller takes it later, with [#takeTurn].
    Offer offerWithoutTurn(Outbound signal) {
        return put(signal, maxBytes, false);
    }

    /// Puts a signal in that the protocol demands (an answer, a cancellation). [Offer#FULL] means that the peer has
    /// stopped reading, and the connection has to go.
    Offer demand(Outbound signal) {
        return put(signal, maxBytes * PROTOCOL_FACTOR, true);
    }

    /// The same without the turn.
    Offer demandWithoutTurn(Outbound signal) {
        return put(signal, maxBytes * PROTOCOL_FACTOR, false);
    }

    /// Gives the turn to the calling thread, if something waits and nobody has the turn.
    boolean takeTurn() {
        lock.lock();
        try {
            return !waiting.isEmpty() && claimTurn();
        } finally {
            lock.unlock();
        }
    }

    /// Puts a tick in, unless something waits that shows as well that we are alive.
    Offer tick() {
        lock.lock();
        try {
            return signals > 0 ? Offer.TAKEN : put(Tick.TICK, maxBytes, true);
        } finally {
            lock.unlock();
        }
    }

    private Offer put(Outbound signal, long bound, boolean takingTurn) {
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
            return takingTurn && claimTurn() ? Offer.TAKEN_WITH_TURN : Offer.TAKEN;
        } finally {
            lock.unlock();
        }
    }

    /// With the lock held.
    private boolean claimTurn() {
        if (turn != Turn.NOBODYS) {
            return false;
        }
        turn = Turn.TAKEN;
        return true;
    }

    /// Takes out all that waits, for the thread that has the turn, and counts what that one has written since it last
    /// asked, which makes room. Where nothing waits any more, and it has nothing left either, its turn ends.
    ///
    /// @param empty takes the place of what is taken
    /// @param left whether the thread still has something to write
    /// @return `null` if the turn has ended
    @Nullable
    ArrayDeque<Outbound> takeAll(ArrayDeque<Outbound> empty, boolean left, long writtenBytes, int writtenSignals) {
        lock.lock();
        try {
            bytes -= writtenBytes;
            signals -= writtenSignals;
            if (waiting.isEmpty()) {
                turn = left ? Turn.TAKEN : Turn.NOBODYS;
                return left ? empty : null;
            }
            ArrayDeque<Outbound> taken = waiting;
            waiting = empty;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /// Gives the turn to the connection's own thread.
    void handOver() {
        lock.lock();
        try {
            turn = Turn.HANDED_OVER;
            handedOver.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the turn is handed over. For the connection's own thread.
    ///
    /// @return false once the queue has been closed
    boolean awaitTurn() throws InterruptedException {
        lock.lock();
        try {
            while (turn != Turn.HANDED_OVER && !closed) {
                handedOver.await();
            }
            turn = Turn.TAKEN;
            return !closed;
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

    /// Turns away all later offers, drops what waits, and ends the connection's own thread. Idempotent.
    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            handedOver.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
