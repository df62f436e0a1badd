package dev.pier.server.http;

import dev.pier.server.config.Section;
import java.time.Duration;

/// The section `http { … }`: the plain port, which serves HTTP/1.1 and HTTP/2, and the limits of both ports.
///
/// @param port 0 for any free port
/// @param idleTimeout the time without reading or writing after which a connection is closed
/// @param headTimeout how long a new connection may take until the head of its first request is complete
/// @param minBodyRate the bytes per second that a client must send of a request body while the application waits for
///     them, over `idleTimeout`; 0 for any rate
/// @param maxRequestBody bytes; enough for forms and JSON, too little to fill the heap
/// @param maxForm bytes of a form in a request body; as many as in any body by default
/// @param maxFormFields fields of a form
/// @param maxHeaderSize bytes of all headers of a request together
/// @param maxConnections connections at a time, on both ports together; further ones wait to be accepted
/// @param maxRequestsPerClient requests in flight of one client address
/// @param trustForwarded whether `Forwarded` and `X-Forwarded-…` are trusted: only behind a proxy that sets them
/// @param proxyProtocol whether each connection, of both ports, begins with a header of the PROXY protocol
/// @param compression which responses are compressed
/// @param shutdownDelay how long a stop serves requests on after the server has said that it is not ready
/// @param shutdownTimeout how long the requests in flight may run when the server stops
public record HttpSettings(
        String host,
        int port,
        Duration idleTimeout,
        Duration headTimeout,
        long minBodyRate,
        long maxRequestBody,
        int maxForm,
        int maxFormFields,
        int maxHeaderSize,
        int maxConnections,
        int maxRequestsPerClient,
        boolean trustForwarded,
        boolean proxyProtocol,
        CompressionSettings compression,
        Duration shutdownDelay,
        Duration shutdownTimeout) {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /// Jetty counts the bytes of a form in an `int`.
    private static final long MAX_FORM = 2047 * MIB;

    /// The heap that a waiting request may take, its thread included.
    private static final long HEAP_PER_REQUEST = 256 * KIB;

    /// If it is not set, a client cannot exhaust a small heap.
    private static int requestsPerClient(Section section) {
        String key = "max-requests-per-client";
        int value = section.integer(key, 5_000, 1, 1_000_000);
        return section.has(key) ? value : Math.clamp(Runtime.getRuntime().maxMemory() / HEAP_PER_REQUEST, 1, value);
    }

    public static HttpSettings read(Section section) {
        long maxRequestBody = section.bytes("max-request-body", 8 * MIB, KIB, 1024 * 1024 * MIB);
        return new HttpSettings(
                section.string("host", "0.0.0.0"),
                section.integer("port", 8080, 0, 65_535),
                section.duration("idle-timeout", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofDays(1)),
                section.duration("head-timeout", Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofHours(1)),
                section.bytes("min-body-rate", 256, 0, MIB),
                maxRequestBody,
                (int) section.bytes("max-form", Math.min(maxRequestBody, MAX_FORM), KIB, MAX_FORM),
                section.integer("max-form-fields", 10_000, 1, 1_000_000),
                (int) section.bytes("max-header-size", 8 * KIB, KIB, MIB),
                section.integer("max-connections", 10_000, 1, 1_000_000),
                requestsPerClient(section),
                section.flag("trust-forwarded", false),
                section.flag("proxy-protocol", false),
                CompressionSettings.read(section.section("compression")),
                section.duration("shutdown-delay", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(10)),
                section.duration("shutdown-timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofMinutes(10)));
    }
}
