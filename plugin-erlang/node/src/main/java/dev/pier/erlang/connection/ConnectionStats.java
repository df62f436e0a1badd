package dev.pier.erlang.connection;

import java.util.concurrent.atomic.AtomicLong;

/// Counts the traffic of one connection.
///
/// Threads. The reader counts what is received, the write owner what is sent; any thread may read the counters.
public final class ConnectionStats {
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong framesOut = new AtomicLong();
    private volatile boolean reading = true;

    public long bytesIn() {
        return bytesIn.get();
    }

    public long bytesOut() {
        return bytesOut.get();
    }

    long framesOut() {
        return framesOut.get();
    }

    /// Whether the reader waits for bytes. False while it processes what it has read, for example while it
    /// waits for a slow consumer.
    boolean isReading() {
        return reading;
    }

    void reading(boolean now) {
        reading = now;
    }

    void received(int bytes) {
        // One thread writes each counter, so a plain addition with an ordered store is enough.
        bytesIn.lazySet(bytesIn.getPlain() + bytes);
    }

    void sent(int bytes, int frames) {
        bytesOut.lazySet(bytesOut.getPlain() + bytes);
        framesOut.lazySet(framesOut.getPlain() + frames);
    }
}
