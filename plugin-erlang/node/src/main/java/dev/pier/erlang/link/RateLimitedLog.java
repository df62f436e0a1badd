package dev.pier.erlang.link;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/// Warnings whose number is a stranger's choice: each is said once a minute, and only so many different ones are. What
/// is not said as a warning is there at debug level.
///
/// Safe for many threads.
final class RateLimitedLog {
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final int MOST_PER_INTERVAL = 20;

    private final Logger log;
    private final Set<String> said = new HashSet<>();
    private long intervalBegan = System.nanoTime();

    RateLimitedLog(Logger log) {
        this.log = log;
    }

    void warn(String message) {
        switch (place(message)) {
            case NEW -> log.warn(message);
            case ONE_TOO_MANY ->
                log.warn(
                        "More than {} different warnings of this kind within {} s: the others are not told",
                        MOST_PER_INTERVAL,
                        INTERVAL.toSeconds());
            case KNOWN -> log.debug(message);
        }
    }

    private enum Place {
        NEW,
        ONE_TOO_MANY,
        KNOWN
    }

    private synchronized Place place(String message) {
        long now = System.nanoTime();
        if (now - intervalBegan >= INTERVAL.toNanos()) {
            intervalBegan = now;
            said.clear();
        }
        if (said.size() > MOST_PER_INTERVAL || said.contains(message)) {
            return Place.KNOWN;
        }
        said.add(message);
        return said.size() > MOST_PER_INTERVAL ? Place.ONE_TOO_MANY : Place.NEW;
    }
}
