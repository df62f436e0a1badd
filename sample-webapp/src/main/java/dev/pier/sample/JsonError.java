package dev.pier.sample;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// An answer that says why there is none: `{"error":"…"}`, as the server itself answers when Erlang work fails.
final class JsonError {
    private JsonError() {}

    static void send(HttpServletResponse response, int status, String sentence) throws IOException {
        StringBuilder json = new StringBuilder("{\"error\":");
        JsonWriter.appendString(sentence, json);
        byte[] body = json.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
