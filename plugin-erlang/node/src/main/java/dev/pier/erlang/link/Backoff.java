package dev.pier.erlang.link;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// The pauses between attempts to connect: exponential, with jitter so that the nodes of a restarted cluster do not
/// all connect at once.
///
/// @param first the pause before jitter of step 0
record Backoff(Duration first, Duration max, RandomGenerator random) {
    static final Backoff DEFAULT =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), RandomGenerator.getDefault());

    /// @param step how many attempts in a row have failed
    /// @return between half of the pause and the whole pause; the pause doubles with each step, up to `max`
    Duration delay(int step) {
        long ceiling = Math.min(max.toNanos(), first.toNanos() << Math.min(step, 20));
        return Duration.ofNanos(ceiling / 2 + random.nextLong(ceiling / 2 + 1));
    }
}
