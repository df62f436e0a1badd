package dev.pier.bench.results;

import dev.pier.bench.harness.Side;
import dev.pier.bench.harness.Work;
import java.time.Duration;
import java.util.Map;

/// Work in this JVM, on one thread.
///
/// @param task does so many operations at once
record InProcess(String name, long operations, Task task) implements Side {
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
        long begun = System.nanoTime();
        long done = 0;
        long kept = 0;
        do {
            kept += task.run();
            done += operations;
        } while (System.nanoTime() - begun < time.toNanos());
        if (kept == 0) {
            throw new IllegalStateException(name + " has made nothing");
        }
        return Work.rate(done, System.nanoTime() - begun);
    }
}
