package dev.pier.server.trace;

import dev.pier.server.config.Section;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tracing of a server: the section `tracing { … }`, and the OpenTelemetry that records the traces.
///
/// *Threads.* Immutable; safe for all threads.
///
/// @param spans begins the span of each request; `null` if tracing is off
/// @param openTelemetry the `io.opentelemetry.api.OpenTelemetry` for further spans; `null` if tracing is off,
///     or without OpenTelemetry on the class path, which the server does not need
public record Tracing(
        @Nullable RequestSpans spans, @Nullable Object openTelemetry) {
    private static final Logger log = LoggerFactory.getLogger(Tracing.class);

    private static final String API = "io.opentelemetry.api.OpenTelemetry";
    private static final Tracing OFF = new Tracing(null, null);

    /// Reads `tracing.enabled`.
    public static boolean isEnabled(Section section) {
        return section.flag("enabled", false);
    }

    /// Starts tracing with the OpenTelemetry of the JVM, if there is one.
    public static Tracing start(boolean enabled) {
        if (!enabled) {
            return OFF;
        }
        if (!isPresent()) {
            log.info("Tracing without OpenTelemetry, which is not on the class path: logs and errors have trace ids,"
                    + " and no spans are recorded");
            return new Tracing(RequestSpans.UNRECORDED, null);
        }
        return WithOpenTelemetry.start();
    }

    private static boolean isPresent() {
        try {
            Class.forName(API, false, Tracing.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /// Keeps the optional classes away from the outer class.
    private static final class WithOpenTelemetry {
        static Tracing start() {
            var global = OpenTelemetrySpans.global();
            log.info("Tracing with OpenTelemetry");
            return new Tracing(new OpenTelemetrySpans(global), global);
        }
    }
}
