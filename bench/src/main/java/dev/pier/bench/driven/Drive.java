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

/// Runs callers inside the server's JVM for a given time, one thread each.
///
/// Query parameters: `callers`, their number; `millis`, the time; `threads`, `virtual` or `platform`. The response is
/// `operations=… nanos=… errors=… bytes=…`, followed by the first error; `bytes` are the allocated ones.
public final class Drive {
    /// The work of one thread.
    public interface Caller {
        /// Performs one operation.
        ///
        /// @param number the number of the operation, from 1 for each caller
        /// @throws Exception if the operation fails or has an unexpected result, which ends the round
        void work(long number) throws Exception;

        /// Waits for pending operations and releases the caller's resources.
        default void finish() throws Exception {}
    }

    /// Creates the callers.
    @FunctionalInterface
    public interface Callers {
        Caller open() throws Exception;
    }

    /// Flow control for one-way messages: the sender may be 10,000 messages ahead of the receiver, which sends its
    /// count at every thousandth message. It bounds the queues and detects lost messages.
    public static final class Window {
        private static final long STEP = 1_000;
        private static final long STEPS = 10;

        private long sent;
        private long seen;

        /// To be called after each message.
        ///
        /// @param number the number of the message
        /// @param count waits for the receiver's next count
        public void sent(long number, Callable<Long> count) throws Exception {
            sent = number;
            if (number % STEP == 0 && number - seen >= STEPS * STEP) {
                awaitCount(count);
            }
        }

        /// Waits for the outstanding counts.
        public void finish(Callable<Long> count) throws Exception {
            while (sent - seen >= STEP) {
                awaitCount(count);
            }
        }

        private void awaitCount(Callable<Long> count) throws Exception {
            long now = count.call();
            expect(now == seen + STEP, "count " + now + " after count " + seen);
            seen = now;
        }
    }

    /// Counts the allocations of all threads of the JVM, not only of the callers.
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ExecutorService VIRTUAL = Executors.newVirtualThreadPerTaskExecutor();

    /// A cached pool, because the kernel's counters of a thread are gone when the thread ends.
    private static final ExecutorService PLATFORM = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("caller-", 1).factory());

    private Drive() {}

    /// The number of callers that a request asks for.
    public static int callers(HttpServletRequest request) {
        return Integer.parseInt(request.getParameter("callers"));
    }

    /// The number at the end of the path, behind the servlet's part: `/drive/peers/100`.
    public static int number(HttpServletRequest request) {
        return Integer.parseInt(request.getPathInfo().substring(1));
    }

    public static void answer(HttpServletRequest request, HttpServletResponse response, Callers callers)
            throws IOException {
        int count = callers(request);
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
        long start = System.nanoTime();
        ExecutorService threads = virtual ? VIRTUAL : PLATFORM;
        List<Future<Long>> counts = new ArrayList<>();
        for (int caller = 0; caller < count; caller++) {
            counts.add(threads.submit(() -> work(callers.open(), start + time)));
        }
        for (Future<Long> each : counts) {
            try {
                operations += each.get();
            } catch (Exception e) {
                errors++;
                firstError = String.valueOf(e.getCause());
            }
        }
        long nanos = System.nanoTime() - start;
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

    /// Fails the round if a result is not the expected one.
    public static void expect(boolean expected, Object result) {
        if (!expected) {
            throw new IllegalStateException("unexpected result: " + result);
        }
    }
}
