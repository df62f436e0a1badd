package dev.pier.server.trace;

import org.jspecify.annotations.Nullable;

/// A request as its span shows it. The query is left out, because it may have secrets in it.
///
/// @param host the name that the client asked for
/// @param client the address of the client
/// @param version of HTTP, such as `1.1`
/// @param userAgent `null` if the client has not said it
public record RequestFacts(
        String method,
        String scheme,
        String path,
        String host,
        int port,
        String client,
        String version,
        @Nullable String userAgent) {}
