package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Error responses as problem details (RFC 9457): `{"title":"Not allowed","status":403,"detail":"…"}`.
///
/// Errors of Erlang calls are not handled here: the server turns them into responses for all applications.
public final class Problem {
    private Problem() {}

    /// Discards the unread rest of the request and sends why it is refused.
    public static void send(HttpServletRequest request, HttpServletResponse response, BadRequest problem)
            throws IOException {
        RequestBody.discard(request);
        send(response, problem.status(), problem.sentence());
    }

    public static void send(HttpServletResponse response, int status, String detail) throws IOException {
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        Json.object()
                .put("title", title(status))
                .put("status", status)
                .put("detail", detail)
                .send(response, "application/problem+json");
    }

    private static String title(int status) {
        return switch (status) {
            case 400 -> "Bad request";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 409 -> "Conflict";
            case 412 -> "Unknown page";
            case 413 -> "Too large";
            case 503 -> "Unavailable";
            default -> "Failed";
        };
    }
}
