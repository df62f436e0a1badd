package dev.pier.server.admin;

import java.util.Map;

/// An answer of the admin port.
///
/// @param status of HTTP
/// @param body what is written as JSON
public record AdminAnswer(int status, Object body) {
    /// An answer that says why a request has failed.
    public static AdminAnswer error(int status, String message) {
        return new AdminAnswer(status, Map.of("status", status, "message", message));
    }
}
