package dev.pier.server.websocket;

import dev.pier.server.config.Section;
import java.time.Duration;

/// The section `websocket { … }`: the limits of the sockets of all applications.
///
/// @param enabled whether applications may have endpoints
/// @param idleTimeout the time without a frame after which a socket is closed; applications may set a shorter one
/// @param sendTimeout how long a client may take to accept a frame before its connection is closed
/// @param maxMessage bytes of a message that an endpoint gets as a whole; applications may set fewer
/// @param queue bytes of messages that may wait for a client that does not read
/// @param credit messages of a client that may wait at the receiver behind its endpoint; applications may set another
///     number
/// @param maxSessions open sockets at a time, of all applications together
/// @param maxPerClient open sockets at a time of one client address
/// @param origins the pages that may open sockets
public record WebSocketSettings(
        boolean enabled,
        Duration idleTimeout,
        Duration sendTimeout,
        int maxMessage,
        int queue,
        int credit,
        int maxSessions,
        int maxPerClient,
        Origins origins) {
    private static final long KIB = 1024;
    private static final long GIB = 1024 * 1024 * KIB;

    public static WebSocketSettings read(Section section) {
        int maxSessions = section.integer("max-sessions", 10_000, 1, 1_000_000);
        int maxPerClient = section.integer("max-sessions-per-client", 0, 0, 1_000_000);
        return new WebSocketSettings(
                section.flag("enabled", true),
                section.duration("idle-timeout", Duration.ofMinutes(5), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("send-timeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofHours(1)),
                (int) section.bytes("max-message", 64 * KIB, KIB, GIB),
                (int) section.bytes("queue", KIB * KIB, KIB, GIB),
                section.integer("credit", 32, 1, 1_000_000),
                maxSessions,
                // Half of all places, at least one: no client takes the places of all others.
                maxPerClient == 0 ? Math.max(1, maxSessions / 2) : maxPerClient,
                Origins.read(section));
    }
}
