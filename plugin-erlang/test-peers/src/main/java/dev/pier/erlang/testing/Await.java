package dev.pier.erlang.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Waiting for something that another thread or process does: until it is so, or until a deadline that fails the test
/// and says what was awaited and what was seen last.
///
/// The deadline is there for the day on which things are broken. It must be far longer than a slow machine needs, and
/// no test may pass because it has run out.
public final class Await {
    /// The deadline where none is given.
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 25_000_000;

    /// A check that throws as long as it does not hold.
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition);
    }

    public static void until(String what, Duration deadline, BooleanSupplier condition) {
        value(what, deadline, condition::getAsBoolean, holds -> holds);
    }

    /// Asks until an accepted value comes, and returns it. A probe that throws counts as a value not accepted.
    public static <T> T value(String what, Callable<T> probe, Predicate<? super T> accepted) {
        return value(what, PATIENCE, probe, accepted);
    }

    public static <T> T value(String what, Duration deadline, Callable<T> probe, Predicate<? super T> accepted) {
        long start = System.nanoTime();
        long pause = SHORTEST_PAUSE_NANOS;
        while (true) {
            String seen;
            Throwable thrown = null;
            try {
                T value = probe.call();
                if (accepted.test(value)) {
                    return value;
                }
                seen = String.valueOf(value);
            } catch (Exception | AssertionError failed) {
                seen = failed.toString();
                thrown = failed;
            }
            if (System.nanoTime() - start >= deadline.toNanos()) {
                throw failure(what, deadline, "seen last: " + seen, thrown);
            }
            LockSupport.parkNanos(pause);
            if (Thread.currentThread().isInterrupted()) {
                throw failure(what, deadline, "interrupted; seen last: " + seen, thrown);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    /// Runs the assertions until they hold. The failure at the deadline has the last one as its cause.
    public static void asserted(String what, Check check) {
        asserted(what, PATIENCE, check);
    }

    public static void asserted(String what, Duration deadline, Check check) {
        Callable<String> probe = () -> {
            check.run();
            return "";
        };
        value(what, deadline, probe, any -> true);
    }

    /// What the future completes with. A future that fails gives an AssertionError with the future's own cause.
    public static <T> T result(String what, Future<T> future) {
        return result(what, PATIENCE, future);
    }

    public static <T> T result(String what, Duration deadline, Future<T> future) {
        try {
            return future.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException notYet) {
            throw failure(what, deadline, "not completed", null);
        } catch (ExecutionException failed) {
            throw new AssertionError("awaited " + what + ", which failed: " + failed.getCause(), failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw failure(what, deadline, "interrupted", interrupted);
        }
    }

    private static AssertionError failure(String what, Duration deadline, String state, @Nullable Throwable cause) {
        return new AssertionError("awaited " + what + " for " + deadline.toMillis() + " ms; " + state, cause);
    }
}
