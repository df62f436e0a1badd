package dev.pier.server.meters;

import java.time.Duration;

/// The bounds of the buckets in which requests and the timers of applications are counted.
public final class Buckets {
    private static final Duration[] BOUNDS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10)
    };

    private Buckets() {}

    public static Duration[] bounds() {
        return BOUNDS.clone();
    }
}
