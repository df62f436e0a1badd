package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds a JSON object on one line. For one thread.
public final class Json {
    private final StringBuilder out = new StringBuilder("{");

    private Json() {}

    public static Json object() {
        return new Json();
    }

    public Json put(String name, @Nullable String value) {
        if (value == null) {
            return putJson(name, "null");
        }
        name(name);
        string(value);
        return this;
    }

    /// Adds an array of strings.
    public Json put(String name, List<String> values) {
        name(name);
        String before = "[";
        for (String value : values) {
            out.append(before);
            string(value);
            before = ",";
        }
        out.append(values.isEmpty() ? "[]" : "]");
        return this;
    }

    public Json put(String name, long value) {
        return putJson(name, Long.toString(value));
    }

    /// @param value finite: JSON has no NaN and no infinity
    public Json put(String name, double value) {
        return putJson(name, Double.toString(value));
    }

    public Json put(String name, boolean value) {
        return putJson(name, Boolean.toString(value));
    }

    public Json put(String name, Json value) {
        return putJson(name, value.toString());
    }

    /// @param json an encoded JSON value without line breaks
    public Json putJson(String name, String json) {
        name(name);
        out.append(json);
        return this;
    }

    /// Sends the object as the response, not to be cached.
    public void send(HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        send(response, "application/json");
    }

    void send(HttpServletResponse response, String contentType) throws IOException {
        byte[] body = (this + "\n").getBytes(StandardCharsets.UTF_8);
        response.setContentType(contentType);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private void name(String name) {
        if (out.length() > 1) {
            out.append(',');
        }
        string(name);
        out.append(':');
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    @Override
    public String toString() {
        return out + "}";
    }
}
