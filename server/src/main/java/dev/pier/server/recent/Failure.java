package dev.pier.server.recent;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A failure of which a client was given the reference only.
///
/// @param request its method and path; null if it is not known
/// @param message what the log says about it
/// @param stackTrace of its exception, in lines; null if it has none
record Failure(
        String reference,
        Instant at,
        @Nullable String request,
        String message,
        @Nullable String stackTrace) {
    private static final int MAX_REFERENCE = 64;
    private static final int MAX_REQUEST = 1024;

    /// The memory of an entry besides its texts, in bytes.
    private static final int OVERHEAD = 250;

    Failure {
        reference = LogLine.shortened(reference, MAX_REFERENCE);
        request = request == null ? null : LogLine.shortened(request, MAX_REQUEST);
        message = LogLine.shortened(message, LogLine.MAX_MESSAGE);
        stackTrace = stackTrace == null ? null : LogLine.shortened(stackTrace, LogLine.MAX_STACK_TRACE);
    }

    /// Its size in memory, in bytes.
    long size() {
        return OVERHEAD
                + LogLine.bytes(reference)
                + LogLine.bytes(message)
                + (request == null ? 0 : LogLine.bytes(request))
                + (stackTrace == null ? 0 : LogLine.bytes(stackTrace));
    }

    /// The failure as JSON, with its message in one line.
    Map<String, Object> brief() {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("reference", reference);
        description.put("at", at.toString());
        if (request != null) {
            description.put("request", request);
        }
        String line = message.lines().findFirst().orElse("");
        description.put("message", LogLine.shortened(line, 300));
        return description;
    }

    /// The whole failure as JSON.
    Map<String, Object> describe() {
        Map<String, Object> description = brief();
        description.put("message", message);
        if (stackTrace != null) {
            description.put("stackTrace", stackTrace);
        }
        return description;
    }
}
