package dev.pier.erlang.node;

import dev.pier.erlang.link.PeerLink;
import java.time.Duration;
import java.util.Collection;

/// Lets the connections to other nodes write what is queued, before they are closed.
final class LastWrites {
    /// How long peers that do not read hold up the end of their connections.
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private LastWrites() {}

    /// Waits until all is written, at most half a second for all links together.
    static void await(Collection<PeerLink> links) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (PeerLink link : links) {
            link.current()
                    .ifPresent(session -> session.connection()
                            .awaitAllWritten(Duration.ofNanos(Math.max(0, deadline - System.nanoTime()))));
        }
    }
}
