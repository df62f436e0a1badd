package dev.pier.server.websocket;

import dev.pier.server.task.LogInterval;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The places for open sockets: those of all applications together, and those of each client.
///
/// *Threads.* Safe for all threads.
final class Places {
    private static final Logger log = LoggerFactory.getLogger(Places.class);

    private final int max;
    private final int maxPerClient;
    private final BooleanSupplier crowded;
    private final AtomicInteger taken = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> byClient = new ConcurrentHashMap<>();
    private final LogInterval warnings = new LogInterval();

    /// @param crowded whether nearly all connections are taken, which then are for requests
    Places(WebSocketSettings settings, BooleanSupplier crowded) {
        this.max = settings.maxSessions();
        this.maxPerClient = settings.maxPerClient();
        this.crowded = crowded;
    }

    /// The place of one socket, which is left once.
    final class Place {
        private final String client;
        private final AtomicBoolean left = new AtomicBoolean();

        private Place(String client) {
            this.client = client;
        }

        void leave() {
            if (left.compareAndSet(false, true)) {
                byClient.computeIfPresent(client, (_, sockets) -> sockets == 1 ? null : sockets - 1);
                taken.decrementAndGet();
            }
        }
    }

    /// Takes a place.
    ///
    /// @param client the name of the client, see `http.max-requests-per-client`
    /// @throws Refusal.Thrown if all places are taken, or those of the client
    Place take(String client) {
        if (crowded.getAsBoolean()) {
            throw Refusal.unavailable("Nearly all connections are taken (http.max-connections)")
                    .thrown();
        }
        int all = taken.incrementAndGet();
        int own = byClient.merge(client, 1, Integer::sum);
        Place place = new Place(client);
        if (all > max) {
            place.leave();
            throw Refusal.unavailable("Too many WebSockets: " + max + " are open (websocket.max-sessions)")
                    .thrown();
        }
        if (own > maxPerClient) {
            place.leave();
            warn(client);
            throw Refusal.tooMany("Too many WebSockets of one client: " + maxPerClient
                            + " are open (websocket.max-sessions-per-client)")
                    .thrown();
        }
        return place;
    }

    /// Warns once a minute at most: the client decides how many there are.
    private void warn(String client) {
        if (warnings.permits()) {
            log.warn(
                    "Refusing WebSockets of {} with 429: {} of them are open (websocket.max-sessions-per-client)."
                            + " Behind a proxy, all clients have one address unless http.trust-forwarded is set",
                    client,
                    maxPerClient);
        }
    }
}
