package dev.pier.server.login;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs failed logins: a line for each address, at most once a minute. The name of the user is not logged: it may be a
/// password in the wrong field.
///
/// *Threads.* Safe for all threads.
final class FailedLogins {
    private static final Logger log = LoggerFactory.getLogger(FailedLogins.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /// Beyond as many addresses, the one that was logged first is forgotten.
    private static final int MAX_ADDRESSES = 1000;

    /// Guarded by itself. In the order of the last line.
    private final Map<String, Failures> addresses = new LinkedHashMap<>();

    private static final class Failures {
        private final long loggedAt;
        private int since;

        Failures(long loggedAt) {
            this.loggedAt = loggedAt;
        }
    }

    void add(String realm, String address) {
        int failed;
        synchronized (addresses) {
            Failures before = addresses.get(address);
            long now = System.nanoTime();
            if (before != null && now - before.loggedAt < PAUSE_NANOS) {
                before.since++;
                return;
            }
            failed = before == null ? 1 : before.since + 1;
            addresses.remove(address);
            addresses.put(address, new Failures(now));
            if (addresses.size() > MAX_ADDRESSES) {
                addresses.remove(addresses.keySet().iterator().next());
            }
        }
        log.warn(
                "Failed login of {} in the realm '{}' ({} since the last line for this address)",
                address,
                realm,
                failed);
    }
}
