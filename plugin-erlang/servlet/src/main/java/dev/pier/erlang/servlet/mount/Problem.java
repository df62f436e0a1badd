package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.servlet.problem.ProblemText;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Answers that a mount gives by itself, as problem details.
final class Problem {
    private Problem() {}

    /// Answers a request; the response must not have begun.
    static void answer(int status, String sentence, HttpServletResponse response) throws IOException {
        byte[] body = (ProblemText.of(status, sentence, Optional.empty()) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
