package dev.pier.erlang.connection;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Recognizes the bursts of a connection: many writes by senders within a short time, as when a program sends messages
/// as fast as it can.
///
/// A write costs some microseconds, whatever its size, and so does its reading. In a burst, the writer thread gathers
/// signals for a moment and writes them together. This pays only if enough of them come: callers that wait for answers
/// also send many signals, but each waits for its own.
///
/// Threads. Guarded by the lock of [FrameWriter].
final class Bursts {
    /// How many writes by senders within [#TIME] are a burst.
    static final int WRITES = 8;

    static final Duration TIME = Duration.ofNanos(160_000);

    /// How many signals have to be gathered at a time. With fewer, the burst is over.
    static final int ENOUGH = 8;

    /// How long no burst is recognized after one in which too few signals came. The pause doubles each time, and halves
    /// with each gathering that paid.
    static final Duration SHORTEST_PAUSE = Duration.ofMillis(1);

    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final int enoughWrites;
    private final LongSupplier clock;
    private int writes;
    private long since;
    private long pause = SHORTEST_PAUSE.toNanos();
    private long pauseEnds;

    Bursts() {
        this(WRITES, System::nanoTime);
    }

    /// @param enoughWrites how many quick writes are a burst
    /// @param clock in nanoseconds
    Bursts(int enoughWrites, LongSupplier clock) {
        this.enoughWrites = enoughWrites;
        this.clock = clock;
        since = clock.getAsLong();
        pauseEnds = since;
    }

    /// Counts a write by a sender.
    ///
    /// @return whether a burst begins with it
    boolean beginWith() {
        if (++writes < enoughWrites) {
            return false;
        }
        writes = 0;
        long now = clock.getAsLong();
        boolean quick = now - since <= TIME.toNanos();
        since = now;
        return quick && now - pauseEnds >= 0;
    }

    /// Counts what the writer thread has gathered.
    ///
    /// @return whether the burst goes on
    boolean goOnAfter(int signals) {
        if (signals >= ENOUGH) {
            pause = Math.max(pause / 2, SHORTEST_PAUSE.toNanos());
            return true;
        }
        since = clock.getAsLong();
        pauseEnds = since + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
        return false;
    }
}
