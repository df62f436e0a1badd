package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts calls, and keeps the durations of the latest 1024 answered ones. Safe for many threads, without a lock: a
/// reading may miss calls that end at the same time.
public final class CallStats implements CallListener {
    private static final int KEPT = 1024;
    private static final long UNUSED = -1;

    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicLongArray nanos = new AtomicLongArray(KEPT);

    public CallStats() {
        for (int i = 0; i < KEPT; i++) {
            nanos.setPlain(i, UNUSED);
        }
    }

    @Override
    public void ended(@Nullable ErlangException failure, long duration) {
        ended.increment();
        if (failure == null) {
            nanos.setOpaque(Math.floorMod(next.getAndIncrement(), KEPT), duration);
        } else {
            failed.increment();
        }
    }

    @Override
    public PeerCalls seen() {
        long[] sorted = new long[KEPT];
        int count = 0;
        for (int i = 0; i < KEPT; i++) {
            long duration = nanos.getOpaque(i);
            if (duration != UNUSED) {
                sorted[count++] = duration;
            }
        }
        Arrays.sort(sorted, 0, count);
        return new PeerCalls(
                ended.sum(),
                failed.sum(),
                quantile(sorted, count, 50),
                quantile(sorted, count, 90),
                quantile(sorted, count, 99));
    }

    /// The smallest duration that `percent` in 100 of them do not exceed.
    private static Duration quantile(long[] sorted, int count, int percent) {
        return count == 0 ? Duration.ZERO : Duration.ofNanos(sorted[(count * percent + 99) / 100 - 1]);
    }
}
