package dev.pier.erlang.link;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/// Rate-limits warnings that unauthenticated peers can trigger: each distinct message once a minute, at most 20 of
/// them. The others are logged at debug.
///
/// Threads: any thread may call.
final class RateLimitedLog {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final int MAX_PER_INTERVAL = 20;

    private final Logger log;
    private final Object lock = new Object();
    private final Set<String> seen = new HashSet<>();
    private long intervalBegan = System.nanoTime();

    RateLimitedLog(Logger log) {
        this.log = log;
    }

    void warn(String message) {
        switch (decide(message)) {
            case LOG -> log.warn(message);
            case ANNOUNCE_SUPPRESSION -> {
                log.warn(
                        "Suppressing further warnings: more than {} distinct ones in {} s",
                        MAX_PER_INTERVAL,
                        INTERVAL.toSeconds());
                log.debug(message);
            }
            case SUPPRESS -> log.debug(message);
        }
    }

    private enum Decision {
        LOG,
        ANNOUNCE_SUPPRESSION,
        SUPPRESS
    }

    private Decision decide(String message) {
        synchronized (lock) {
            long now = System.nanoTime();
            if (now - intervalBegan >= INTERVAL.toNanos()) {
                intervalBegan = now;
                seen.clear();
            }
            if (seen.size() > MAX_PER_INTERVAL || !seen.add(message)) {
                return Decision.SUPPRESS;
            }
            return seen.size() > MAX_PER_INTERVAL ? Decision.ANNOUNCE_SUPPRESSION : Decision.LOG;
        }
    }
}
