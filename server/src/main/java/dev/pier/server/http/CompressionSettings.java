package dev.pier.server.http;

import dev.pier.server.config.Section;
import java.util.List;
import java.util.Locale;

/// The section `http.compression { … }`.
///
/// @param minSize responses with fewer bytes are not compressed
/// @param types the media types that are compressed, in lower case
public record CompressionSettings(boolean enabled, int minSize, List<String> types) {
    /// Text, and what is text in a binary wrapping.
    private static final List<String> TEXT = List.of(
            "application/javascript",
            "application/json",
            "application/manifest+json",
            "application/problem+json",
            "application/wasm",
            "application/x-ndjson",
            "application/xhtml+xml",
            "application/xml",
            "image/svg+xml",
            "text/css",
            "text/csv",
            "text/html",
            "text/javascript",
            "text/markdown",
            "text/plain",
            "text/xml");

    private static final String EVENTS = "text/event-stream";

    static CompressionSettings read(Section section) {
        boolean enabled = section.flag("enabled", false);
        int minSize = (int) section.bytes("min-size", 2048, 0, 1024 * 1024);
        List<String> types = section.strings("types").stream()
                .map(type -> type.toLowerCase(Locale.ROOT))
                .toList();
        if (types.contains(EVENTS)) {
            section.problem("types", EVENTS + " is never compressed: each event is sent at once. Remove it");
        }
        return new CompressionSettings(enabled, minSize, types.isEmpty() ? TEXT : types);
    }
}
