package dev.pier.server.task;

import dev.pier.server.plugin.HealthCheck;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A thread that repeats a step at an interval. Nothing that a step throws ends the thread, and a liveness check
/// tells when the thread has ended nevertheless, or a step does not return.
///
/// *Threads.* One platform thread, because requests can occupy all carriers of virtual threads. All methods are safe
/// for all threads.
///
/// *Lifecycle.* Started once, stopped once.
public final class PeriodicTask {
    private static final Logger log = LoggerFactory.getLogger(PeriodicTask.class);

    /// A step. It may throw anything.
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    private final String name;
    private final Duration interval;
    private final Duration stuckAfter;
    private final Step step;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean stopping;
    private volatile long lastProgress = System.nanoTime();
    private volatile @Nullable Thread thread;

    /// @param name the name of the thread, and without `pier-` that of the liveness check
    /// @param interval the pause before each step
    /// @param stuckAfter how long a step may go on without [#progress] before the task counts as stuck
    public PeriodicTask(String name, Duration interval, Duration stuckAfter, Step step) {
        this.name = name;
        this.interval = interval;
        this.stuckAfter = stuckAfter;
        this.step = step;
    }

    /// Starts the thread. The first step follows after one interval.
    public void start() {
        progress();
        thread = Thread.ofPlatform().name(name).daemon().start(this::run);
    }

    private void run() {
        while (!isStopping()) {
            try {
                boolean _ = wakeUps.tryAcquire(interval.toNanos(), TimeUnit.NANOSECONDS);
                wakeUps.drainPermits();
                if (!isStopping()) {
                    progress();
                    step.run();
                }
            } catch (Throwable t) {
                report(t);
            }
        }
    }

    private void report(Throwable failure) {
        try {
            log.error("A step of {} failed; the next one follows in {} ms", name, interval.toMillis(), failure);
        } catch (Throwable _) {
            // Without memory there is no log line either; the next step counts more.
        }
    }

    /// Notes that a long step is not stuck.
    public void progress() {
        lastProgress = System.nanoTime();
    }

    /// Whether the task is to stop: a long step ends early then.
    public boolean isStopping() {
        return stopping;
    }

    /// Lets the next step follow at once. During a step, another one follows it.
    public void wakeUp() {
        wakeUps.release();
    }

    /// Lets the step that runs end, and runs no further one.
    public void stop() {
        stopping = true;
        wakeUps.release();
    }

    /// Waits for the end of the thread, which may never have been started.
    ///
    /// @return whether it has ended before the timeout
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        Thread started = thread;
        return started == null || started.join(timeout);
    }

    /// The check that is down when the thread has ended without [#stop], or when a step is stuck.
    public HealthCheck liveness() {
        return new HealthCheck() {
            @Override
            public String name() {
                return name.startsWith("pier-") ? name.substring("pier-".length()) : name;
            }

            @Override
            public Result check() {
                return state();
            }
        };
    }

    private HealthCheck.Result state() {
        Thread started = thread;
        if (started == null || isStopping()) {
            return new HealthCheck.Result(true, Map.of());
        }
        if (!started.isAlive()) {
            return new HealthCheck.Result(false, Map.of("problem", "the thread " + name + " has ended"));
        }
        Duration since = Duration.ofNanos(System.nanoTime() - lastProgress);
        return since.compareTo(interval.plus(stuckAfter)) <= 0
                ? new HealthCheck.Result(true, Map.of())
                : new HealthCheck.Result(
                        false, Map.of("problem", "the thread " + name + " is stuck for " + since.toSeconds() + " s"));
    }
}
