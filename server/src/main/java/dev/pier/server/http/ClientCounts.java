package dev.pier.server.http;

import dev.pier.server.task.LogInterval;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How many things of one kind each client has, with a limit.
///
/// *Threads.* Safe for all threads.
public final class ClientCounts {
    private static final Logger log = LoggerFactory.getLogger(ClientCounts.class);

    private final int max;
    private final String things;
    private final String state;
    private final String setting;
    private final ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();
    private final LogInterval warnings = new LogInterval();

    /// @param things their name, for the log: `requests`
    /// @param state the state in which they count: `in flight`
    /// @param setting the setting with the limit
    public ClientCounts(int max, String things, String state, String setting) {
        this.max = max;
        this.things = things;
        this.state = state;
        this.setting = setting;
    }

    /// Counts one more thing of a client, unless it has too many; that is warned of once a minute at most, because the
    /// client decides how many there are.
    ///
    /// @return whether it counts; [#leave] ends that
    public boolean enter(String client) {
        if (counts.merge(client, 1, Integer::sum) <= max) {
            return true;
        }
        leave(client);
        if (warnings.permits()) {
            log.warn(
                    "Refusing {} of {} with 429: {} of them are {} ({})."
                            + " Behind a proxy, all clients have one address unless http.trust-forwarded is set",
                    things,
                    client,
                    max,
                    state,
                    setting);
        }
        return false;
    }

    public void leave(String client) {
        counts.computeIfPresent(client, (_, count) -> count == 1 ? null : count - 1);
    }

    /// The number of clients that have something.
    int clients() {
        return counts.size();
    }
}
