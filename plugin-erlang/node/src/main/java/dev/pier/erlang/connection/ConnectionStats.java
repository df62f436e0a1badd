package dev.pier.erlang.connection;

import java.util.concurrent.atomic.AtomicLong;

/// What has gone over one connection so far. The reader counts what came in, the writer what went out; any thread
/// may look.
public final class ConnectionStats {
    private final AtomicLong bytesIn = new AtomicLong();
    private final AtomicLong bytesOut = new AtomicLong();
    private final AtomicLong framesOut = new AtomicLong();
    private volatile boolean listening = true;

    public long bytesIn() {
        return bytesIn.get();
    }

    public long bytesOut() {
        return bytesOut.get();
    }

    long framesOut() {
        return framesOut.get();
    }

    /// Whether the reader waits for bytes, rather than for somebody to take what it has read.
    boolean isListening() {
        return listening;
    }

    void listening(boolean now) {
        listening = now;
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
