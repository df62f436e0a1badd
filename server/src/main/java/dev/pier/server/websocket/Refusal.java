package dev.pier.server.websocket;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpStatus;
import tools.jackson.databind.json.JsonMapper;

/// A handshake that is refused, with the response that says why.
///
/// SPEC: RFC 9457: the body is `application/problem+json`
///
/// @param headers further headers of the response
record Refusal(int status, String detail, Map<String, String> headers) {
    private static final JsonMapper JSON = JsonMapper.shared();

    Refusal(int status, String detail) {
        this(status, detail, Map.of());
    }

    static Refusal origin(String cause) {
        return new Refusal(HttpStatus.FORBIDDEN_403, "The origin of the page may not open a WebSocket here: " + cause);
    }

    static Refusal unavailable(String detail) {
        return new Refusal(HttpStatus.SERVICE_UNAVAILABLE_503, detail, Map.of("Retry-After", "5"));
    }

    static Refusal tooMany(String detail) {
        return new Refusal(HttpStatus.TOO_MANY_REQUESTS_429, detail, Map.of("Retry-After", "5"));
    }

    /// The refusal as an exception, for code that Jetty calls.
    Thrown thrown() {
        return new Thrown(this);
    }

    void send(HttpServletResponse response) throws IOException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", HttpStatus.getMessage(status));
        body.put("status", status);
        body.put("detail", detail);
        byte[] json = JSON.writeValueAsBytes(body);
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentType("application/problem+json");
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
    }

    /// Carries a refusal through Jetty.
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Refusal refusal;

        Thrown(Refusal refusal) {
            super(refusal.detail(), null, false, false);
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }
    }
}
