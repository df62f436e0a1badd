package dev.pier.server.websocket;

import dev.pier.server.http.ClientCounts;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// The places for open sockets: those of all applications together, and those of each client.
///
/// *Threads.* Safe for all threads.
final class Places {
    private final int max;
    private final int maxPerClient;
    private final BooleanSupplier crowded;
    private final AtomicInteger taken = new AtomicInteger();
    private final ClientCounts clients;

    /// @param crowded whether nearly all connections are taken; the last ones are kept for requests
    Places(WebSocketSettings settings, BooleanSupplier crowded) {
        this.max = settings.maxSessions();
        this.maxPerClient = settings.maxPerClient();
        this.crowded = crowded;
        this.clients = new ClientCounts(maxPerClient, "WebSockets", "open", "websocket.max-sessions-per-client");
    }

    /// The place of one socket. Its holder leaves it once.
    final class Place {
        private final String client;

        private Place(String client) {
            this.client = client;
        }

        void leave() {
            clients.leave(client);
            taken.decrementAndGet();
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
        if (taken.incrementAndGet() > max) {
            taken.decrementAndGet();
            throw Refusal.unavailable("Too many WebSockets: " + max + " are open (websocket.max-sessions)")
                    .thrown();
        }
        if (!clients.enter(client)) {
            taken.decrementAndGet();
            throw Refusal.tooMany("Too many WebSockets of one client: " + maxPerClient
                            + " are open (websocket.max-sessions-per-client)")
                    .thrown();
        }
        return new Place(client);
    }
}
