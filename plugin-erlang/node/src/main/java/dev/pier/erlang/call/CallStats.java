package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts calls, and keeps how long the latest that were answered took. Safe for many threads, without a lock: a look
/// at it may miss the calls that end meanwhile.
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
    public void ended(@Nullable ErlangException failure, long took) {
        ended.increment();
        if (failure == null) {
            nanos.setOpaque(Math.floorMod(next.getAndIncrement(), KEPT), took);
        } else {
            failed.increment();
        }
    }

    @Override
    public PeerCalls seen() {
        long[] sorted = new long[KEPT];
        int count = 0;
        for (int i = 0; i < KEPT; i++) {
            long took = nanos.getOpaque(i);
            if (took != UNUSED) {
                sorted[count++] = took;
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

    /// The smallest that so many in a hundred are not above.
    private static Duration quantile(long[] sorted, int count, int percent) {
        return count == 0 ? Duration.ZERO : Duration.ofNanos(sorted[(count * percent + 99) / 100 - 1]);
    }
}
