package dev.pier.datasource;

import dev.pier.server.config.Section;
import java.time.Duration;

/// The section `pool` of a data source.
///
/// @param size the most connections
/// @param minIdle how many unused connections are kept
/// @param connectionTimeout how long an application waits for a connection
/// @param idleTimeout how long a connection beyond `minIdle` stays unused before it is closed
/// @param maxLifetime the age at which an unused connection is closed
/// @param leakDetection how long an application may keep a connection without a warning; zero for no warnings
/// @param checkInterval how often the pool checks that the database answers
record PoolSettings(
        int size,
        int minIdle,
        Duration connectionTimeout,
        Duration idleTimeout,
        Duration maxLifetime,
        Duration leakDetection,
        Duration checkInterval) {
    private static final int DEFAULT_SIZE = 10;
    private static final Duration MIN_LEAK_DETECTION = Duration.ofSeconds(2);

    static PoolSettings read(Section section) {
        int size = section.integer("size", DEFAULT_SIZE, 1, 10_000);
        int minIdle = section.integer("min-idle", DEFAULT_SIZE, 0, 10_000);
        Duration connectionTimeout = section.duration(
                "connection-timeout", Duration.ofSeconds(5), Duration.ofMillis(250), Duration.ofMinutes(10));
        Duration idleTimeout =
                section.duration("idle-timeout", Duration.ofMinutes(10), Duration.ofSeconds(10), Duration.ofDays(1));
        Duration maxLifetime =
                section.duration("max-lifetime", Duration.ofMinutes(30), Duration.ofSeconds(30), Duration.ofDays(1));
        Duration leakDetection = section.duration("leak-detection", Duration.ZERO, Duration.ZERO, Duration.ofDays(1));
        Duration checkInterval =
                section.duration("check-interval", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofHours(1));
        if (!section.has("min-idle")) {
            minIdle = size;
        } else if (minIdle > size) {
            section.problem("min-idle", "is more than size (" + size + ")");
        }
        Duration maxIdleTimeout = maxLifetime.minusSeconds(1);
        if (idleTimeout.compareTo(maxIdleTimeout) > 0) {
            idleTimeout = maxIdleTimeout;
            if (section.has("idle-timeout")) {
                section.problem("idle-timeout", "is not shorter than max-lifetime by a second or more");
            }
        }
        if (leakDetection.isPositive()
                && (leakDetection.compareTo(MIN_LEAK_DETECTION) < 0 || leakDetection.compareTo(maxLifetime) > 0)) {
            section.problem("leak-detection", "is neither 0 s nor from 2 s to max-lifetime");
        }
        return new PoolSettings(
                size, minIdle, connectionTimeout, idleTimeout, maxLifetime, leakDetection, checkInterval);
    }
}
