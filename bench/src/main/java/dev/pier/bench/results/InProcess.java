package dev.pier.bench.results;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;

/// Work on one thread of this JVM, measured in CPU time: pure computation, so other load on the machine does not count.
///
/// @param operations the number of operations in one run of the task
record InProcess(String name, long operations, Task task) implements Side {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @FunctionalInterface
    interface Task {
        /// @return a number that depends on all of the work, so that the compiler cannot remove any of it
        long run() throws Exception;
    }

    @Override
    public Map<String, Long> processes() {
        return Map.of();
    }

    @Override
    public Work work(Duration time) throws Exception {
        long start = THREADS.getCurrentThreadCpuTime();
        long done = 0;
        long sum = 0;
        do {
            sum += task.run();
            done += operations;
        } while (THREADS.getCurrentThreadCpuTime() - start < time.toNanos());
        if (sum == 0) {
            throw new IllegalStateException("no results from " + name);
        }
        return Work.rate(done, THREADS.getCurrentThreadCpuTime() - start);
    }
}
