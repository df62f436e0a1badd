package dev.pier.bench.driven;

import com.sun.management.ThreadMXBean;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Runs callers inside the server's JVM for a while: a thread each, that does its work over and over.
///
/// Query parameters: `callers`, how many; `millis`, how long; `threads`, `virtual` or `platform`. The answer is
/// `operations=… nanos=… errors=… bytes=…` (allocated), with the first error behind it.
public final class Drive {
    /// What a thread does. A caller belongs to its thread.
    public interface Caller {
        /// Does it once.
        ///
        /// @param number of this caller's own counting, from 1
        /// @throws Exception if it fails or is not answered as it should be, which ends the round
        void work(long number) throws Exception;

        /// Waits for what is still under way, and leaves.
        default void finish() throws Exception {}
    }

    /// Makes the callers.
    @FunctionalInterface
    public interface Callers {
        Caller open() throws Exception;
    }

    /// How far the sender of messages that nobody answers may be ahead of their receiver, which tells its count at
    /// every thousandth. Nothing may be lost, and no queue may grow without end.
    public static final class Window {
        private static final long STEP = 1_000;
        private static final long STEPS = 10;

        private long sent;
        private long seen;

        /// To be called after each message.
        ///
        /// @param number the message's
        /// @param count waits for the receiver's next count
        public void sent(long number, Callable<Long> count) throws Exception {
            sent = number;
            if (number % STEP == 0 && number - seen >= STEPS * STEP) {
                takeUp(count);
            }
        }

        /// Waits until all counts have come.
        public void finish(Callable<Long> count) throws Exception {
            while (sent - seen >= STEP) {
                takeUp(count);
            }
        }

        private void takeUp(Callable<Long> count) throws Exception {
            long now = count.call();
            expect(now == seen + STEP, "count " + now + " after " + seen);
            seen = now;
        }
    }

    /// All that the JVM's threads allocate is counted, not only what callers do.
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ExecutorService VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();

    /// Its threads live on for a while: what a thread has waited for is not known any more once it has ended.
    private static final ExecutorService PLATFORM = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("caller-", 1).factory());

    private Drive() {}

    public static void answer(HttpServletRequest request, HttpServletResponse response, Callers callers)
            throws IOException {
        int count = Integer.parseInt(request.getParameter("callers"));
        long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(request.getParameter("millis")));
        boolean virtual = "virtual".equals(request.getParameter("threads"));
        response.setContentType("text/plain");
        response.getWriter().println(run(count, nanos, virtual, callers));
    }

    private static String run(int count, long time, boolean virtual, Callers callers) {
        long operations = 0;
        long errors = 0;
        String firstError = "";
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        long begun = System.nanoTime();
        ExecutorService threads = virtual ? VIRTUAL : PLATFORM;
        List<Future<Long>> counts = new ArrayList<>();
        for (int caller = 0; caller < count; caller++) {
            counts.add(threads.submit(() -> work(callers.open(), begun + time)));
        }
        for (Future<Long> each : counts) {
            try {
                operations += each.get();
            } catch (Exception e) {
                errors++;
                firstError = String.valueOf(e.getCause());
            }
        }
        long nanos = System.nanoTime() - begun;
        long bytes = THREADS.getTotalThreadAllocatedBytes() - allocated;
        return "operations=%d nanos=%d errors=%d bytes=%d %s"
                .formatted(operations, nanos, errors, bytes, firstError.replace('\n', ' '));
    }

    private static long work(Caller caller, long end) throws Exception {
        long number = 0;
        try {
            do {
                caller.work(++number);
            } while (System.nanoTime() - end < 0);
        } finally {
            caller.finish();
        }
        return number;
    }

    /// Fails a round.
    public static void expect(boolean asItShouldBe, Object seen) {
        if (!asItShouldBe) {
            throw new IllegalStateException("not the answer: " + seen);
        }
    }
}
