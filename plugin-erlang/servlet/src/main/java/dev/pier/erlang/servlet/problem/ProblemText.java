package dev.pier.erlang.servlet.problem;

import java.util.Map;
import java.util.Optional;

/// Failures as problem details: one line of JSON. Pure.
///
/// SPEC: RFC 9457, section 3.1 and 4.2.1: all members are optional; without a `type`, the title is that of the status;
/// `reference` and `traceId` are extensions.
public final class ProblemText {
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(402, "Payment Required"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(406, "Not Acceptable"),
            Map.entry(408, "Request Timeout"),
            Map.entry(409, "Conflict"),
            Map.entry(410, "Gone"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(423, "Locked"),
            Map.entry(424, "Failed Dependency"),
            Map.entry(428, "Precondition Required"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(451, "Unavailable For Legal Reasons"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"),
            Map.entry(507, "Insufficient Storage"));

    private ProblemText() {}

    /// The name of a status.
    public static String title(int status) {
        return TITLES.getOrDefault(status, status < 500 ? "Client Error" : "Server Error");
    }

    /// @param sentence what happened, for unknown clients
    /// @param reference the word under which the log has the reason
    public static String of(int status, String sentence, Optional<String> reference) {
        return of(status, sentence, reference, Optional.empty());
    }

    /// @param reference the word under which the log has the reason
    /// @param traceId the trace of the request
    public static String of(int status, String sentence, Optional<String> reference, Optional<String> traceId) {
        StringBuilder json = new StringBuilder(160)
                .append("{\"title\":\"")
                .append(title(status))
                .append("\",\"status\":")
                .append(status)
                .append(",\"detail\":\"");
        escape(sentence, json);
        json.append('"');
        reference.ifPresent(it -> json.append(",\"reference\":\"").append(it).append('"'));
        traceId.ifPresent(it -> json.append(",\"traceId\":\"").append(it).append('"'));
        return json.append('}').toString();
    }

    private static void escape(String text, StringBuilder json) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
    }
}
