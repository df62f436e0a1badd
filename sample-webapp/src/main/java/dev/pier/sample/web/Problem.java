package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// An answer that says why there is none (RFC 9457): `{"title":"Not allowed","status":403,"detail":"…"}`.
///
/// Work that fails in Erlang is not answered here: for that the server has one place, for all applications.
public final class Problem {
    private Problem() {}

    /// Takes in what has not been read of the request, and says what was wrong with it.
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
            case 400 -> "Cannot be understood";
            case 403 -> "Not allowed";
            case 404 -> "Not there";
            case 409 -> "Not now";
            case 412 -> "Not known";
            case 413 -> "Too large";
            case 503 -> "Busy";
            default -> "Failed";
        };
    }
}
