package dev.pier.erlang.link;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// Rate-limits log messages that peers can trigger: each distinct message once a minute, at
/// most 20 of them. The others are logged at debug.
///
/// Threads: any thread may call.
public final class RateLimitedLog {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final int MAX_PER_INTERVAL = 20;

    private final Logger log;
    private final Object lock = new Object();
    private final Set<String> seen = new HashSet<>();
    private long intervalBegan = System.nanoTime();

    public RateLimitedLog(Logger log) {
        this.log = log;
    }

    public void warn(String message) {
        log(Level.WARN, message);
    }

    public void info(String message) {
        log(Level.INFO, message);
    }

    private void log(Level level, String message) {
        switch (decide(message)) {
            case LOG -> log.atLevel(level).log(message);
            case ANNOUNCE_SUPPRESSION -> {
                log.atLevel(level)
                        .log(
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
