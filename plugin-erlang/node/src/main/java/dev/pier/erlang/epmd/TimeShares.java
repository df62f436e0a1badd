package dev.pier.erlang.epmd;

import java.time.Duration;

/// Divides a time among attempts that follow each other. Each may take an equal part of what is left, so that one
/// that hangs leaves time for the next.
///
/// Threads: one thread uses it.
public final class TimeShares {
    private final long deadline;
    private int attempts;

    /// @param attempts how many there are at most
    public TimeShares(Duration total, int attempts) {
        this.deadline = System.nanoTime() + total.toNanos();
        this.attempts = attempts;
    }

    /// How long the next attempt may take: at least a millisecond.
    public Duration next() {
        long share = (deadline - System.nanoTime()) / Math.max(1, attempts--);
        return Duration.ofNanos(Math.max(Duration.ofMillis(1).toNanos(), share));
    }
}
