package dev.pier.server.http;

import dev.pier.server.config.Section;
import java.time.Duration;

/// `http { … }`: the port that speaks HTTP/1.1 and HTTP/2 without encryption, and the limits that hold for both ports.
///
/// @param idleTimeout how long a connection may neither read nor write
/// @param maxRequestBody what an application may be made to read; enough for forms and JSON, too little to fill the
/// heap
/// @param maxHeaderSize all headers of a request together
/// @param maxConnections connections at once; further ones wait to be accepted
/// @param trustForwarded whether `Forwarded` and `X-Forwarded-…` are believed: only behind a proxy that sets them
/// @param shutdownTimeout how long requests in flight may go on when the server stops
public record HttpSettings(
        String host,
        int port,
        Duration idleTimeout,
        long maxRequestBody,
        int maxHeaderSize,
        int maxConnections,
        boolean trustForwarded,
        Duration shutdownTimeout) {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    public static HttpSettings read(Section section) {
        return new HttpSettings(
                section.string("host", "0.0.0.0"),
                section.integer("port", 8080, 0, 65_535),
                section.duration("idle-timeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.bytes("max-request-body", 8 * MIB, KIB, 1024 * 1024 * MIB),
                (int) section.bytes("max-header-size", 8 * KIB, KIB, MIB),
                section.integer("max-connections", 10_000, 1, 1_000_000),
                section.flag("trust-forwarded", false),
                section.duration("shutdown-timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofMinutes(10)));
    }
}
