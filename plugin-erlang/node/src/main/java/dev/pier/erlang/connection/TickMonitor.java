package dev.pier.erlang.connection;

import java.time.Duration;
import java.util.function.LongConsumer;

/// Ticks, and notices a peer that has fallen silent. Runs every quarter of the tick time on the node's timer, and so
/// must not block.
///
/// Bytes count as a sign of life here, not whole frames: a large frame on a slow line is no dead peer. And silence is
/// the peer's only while we listen: a connection whose reader waits for a slow consumer
/// lives.
final class TickMonitor implements Runnable {
    private final ConnectionStats traffic;
    private final Runnable tick;
    private final long patienceNanos;
    private final LongConsumer onSilence;
    private long bytesInBefore;
    private long framesOutBefore;
    private long lastByteAt = System.nanoTime();

    /// @param tick has a tick written; must not block
    /// @param onSilence told the seconds of silence once the peer is to be taken for dead
    TickMonitor(ConnectionStats traffic, Runnable tick, Duration netTickTime, LongConsumer onSilence) {
        this.traffic = traffic;
        this.tick = tick;
        this.patienceNanos = netTickTime.plus(netTickTime.dividedBy(4)).toNanos();
        this.onSilence = onSilence;
    }

    static Duration interval(Duration netTickTime) {
        return netTickTime.dividedBy(4);
    }

    @Override
    public void run() {
        long now = System.nanoTime();
        long bytesIn = traffic.bytesIn();
        if (bytesIn != bytesInBefore || !traffic.isListening()) {
            bytesInBefore = bytesIn;
            lastByteAt = now;
        } else if (now - lastByteAt > patienceNanos) {
            onSilence.accept(Duration.ofNanos(now - lastByteAt).toSeconds());
            return;
        }
        // SPEC: erl_dist_protocol, "nodes must send ticks when nothing else is sent".
        long framesOut = traffic.framesOut();
        if (framesOut == framesOutBefore) {
            tick.run();
        }
        framesOutBefore = framesOut;
    }
}
