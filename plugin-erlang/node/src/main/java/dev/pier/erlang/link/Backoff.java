package dev.pier.erlang.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before the next attempt to connect: exponential, and jittered so that the nodes of a restarted
/// cluster do not all come at once.
public record Backoff(Duration first, Duration atMost, RandomGenerator random) {
    public static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), RandomGenerator.getDefault());

    /// @param failures how many attempts have failed in a row
    Duration delay(int failures) {
        long ceiling = Math.min(atMost.toNanos(), first.toNanos() << Math.min(failures, 20));
        return Duration.ofNanos(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }
}
