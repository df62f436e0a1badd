package dev.pier.server.recent;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One event of the log.
///
/// @param stackTrace of its exception, in lines; null if it has none
record LogLine(
        Instant at,
        String level,
        String thread,
        String logger,
        String message,
        @Nullable String stackTrace) {
    static final int MAX_MESSAGE = 8 * 1024;
    static final int MAX_STACK_TRACE = 32 * 1024;

    /// The memory of an entry besides its texts, in bytes.
    private static final int OVERHEAD = 250;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX");

    LogLine {
        message = shortened(message, MAX_MESSAGE);
        stackTrace = stackTrace == null ? null : shortened(stackTrace, MAX_STACK_TRACE);
    }

    static String shortened(String text, int max) {
        return text.length() <= max ? text : text.substring(0, max) + "… (" + text.length() + " characters)";
    }

    /// Its size in memory, in bytes.
    long size() {
        return OVERHEAD + bytes(thread) + bytes(logger) + bytes(message) + (stackTrace == null ? 0 : bytes(stackTrace));
    }

    /// As if all characters were wide.
    static long bytes(String text) {
        return 2L * text.length();
    }

    /// The line as JSON, also in the form of the log on the standard output.
    Map<String, Object> describe(long number) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("number", number);
        line.put("at", at.toString());
        line.put("level", level);
        line.put("thread", thread);
        line.put("logger", logger);
        line.put("message", message);
        if (stackTrace != null) {
            line.put("stackTrace", stackTrace);
        }
        line.put("text", text());
        return line;
    }

    private String text() {
        String first = TIME.format(at.atZone(ZoneId.systemDefault())) + " " + level + " ".repeat(5 - level.length())
                + " [" + thread + "] " + logger + ": " + message;
        return stackTrace == null ? first : first + "\n" + stackTrace.stripTrailing();
    }
}
