package dev.pier.server.http;

import org.jspecify.annotations.Nullable;

/// What a route allows its requests, instead of what all requests may.
///
/// @param maxRequestBody the limit for a request body in bytes; null for `http.max-request-body`
/// @param setting the setting with that limit, for messages
/// @param rawPath whether paths with `%2F`, `%25` or `//` are accepted
public record RouteRules(@Nullable Long maxRequestBody, String setting, boolean rawPath) {
    /// The rules of the server.
    public static final RouteRules DEFAULT = new RouteRules(null, "http.max-request-body", false);
}
