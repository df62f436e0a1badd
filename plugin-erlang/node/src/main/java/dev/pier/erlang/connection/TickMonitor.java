package dev.pier.erlang.connection;

import java.time.Duration;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends ticks on an idle connection, and detects a peer that has fallen silent.
///
/// Threads. Runs every quarter of the tick time on the node's timer, and must not block.
///
/// Any received byte is a sign of life, not only a complete frame: a slow large frame does not mean a dead peer.
/// Silence counts only while the reader is reading, so a reader blocked by a slow consumer does not make the peer look
/// dead.
///
/// OTP: dist_util.erl:send_tick: a node ticks if it has sent nothing since the last check, and closes the connection to
/// a peer that stays silent.
/// SEEN: OTP 25: with `net_ticktime` T, a silent peer is disconnected between T - T/4 and T + T/4.
final class TickMonitor implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(TickMonitor.class);

    private final ConnectionStats stats;
    private final Runnable tick;
    private final long maxSilenceNanos;
    private final LongConsumer onSilence;
    private long bytesInBefore;
    private long framesOutBefore;
    private long lastByteAt = System.nanoTime();

    /// @param tick writes a tick; must not block
    /// @param onSilence receives the seconds of silence when the peer has been silent for too long
    TickMonitor(ConnectionStats stats, Runnable tick, Duration netTickTime, LongConsumer onSilence) {
        this.stats = stats;
        this.tick = tick;
        this.maxSilenceNanos = netTickTime.plus(interval(netTickTime)).toNanos();
        this.onSilence = onSilence;
    }

    static Duration interval(Duration netTickTime) {
        // Without dividedBy, which loads BigDecimal: tens of milliseconds of a start.
        return Duration.ofNanos(netTickTime.toNanos() / 4);
    }

    /// Catches everything: the timer would not run it again after an exception.
    @Override
    public void run() {
        try {
            check();
        } catch (Throwable t) {
            log.error("A check of a connection failed by an error in this node; the next one follows", t);
        }
    }

    private void check() {
        long now = System.nanoTime();
        long bytesIn = stats.bytesIn();
        if (bytesIn != bytesInBefore || !stats.isReading()) {
            bytesInBefore = bytesIn;
            lastByteAt = now;
        } else if (now - lastByteAt > maxSilenceNanos) {
            onSilence.accept(Duration.ofNanos(now - lastByteAt).toSeconds());
            return;
        }
        long framesOut = stats.framesOut();
        if (framesOut == framesOutBefore) {
            tick.run();
        }
        framesOutBefore = framesOut;
    }
}
