package dev.pier.bench.results;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;

/// Work in this JVM, on one thread, by the time that it has on a processor: with nothing but computing to compare, what
/// else the machine does need not disturb it.
///
/// @param task does so many operations at once
record InProcess(String name, long operations, Task task) implements Side {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @FunctionalInterface
    interface Task {
        /// @return a number that depends on all of the work, so that none of it can be left out
        long run() throws Exception;
    }

    @Override
    public Map<String, Long> processes() {
        return Map.of();
    }

    @Override
    public Work work(Duration time) throws Exception {
        long begun = THREADS.getCurrentThreadCpuTime();
        long done = 0;
        long kept = 0;
        do {
            kept += task.run();
            done += operations;
        } while (THREADS.getCurrentThreadCpuTime() - begun < time.toNanos());
        if (kept == 0) {
            throw new IllegalStateException(name + " has made nothing");
        }
        return Work.rate(done, THREADS.getCurrentThreadCpuTime() - begun);
    }
}
