package dev.pier.server.http;

import dev.pier.server.config.Section;
import dev.pier.server.trace.RequestSpan;
import org.eclipse.jetty.server.CustomRequestLog;
import org.eclipse.jetty.server.RequestLog;

/// The section `access-log { … }`.
///
/// @param format the form of a line, in the format codes of Jetty's `CustomRequestLog`
public record AccessLogSettings(boolean enabled, String format) {
    /// NCSA combined format with the duration in milliseconds, but without query strings, which may have secrets in
    /// them: neither in the request nor in the referrer.
    private static final String DEFAULT_FORMAT =
            "%{client}a - %u %t \"%m %U %H\" %s %O \"-\" \"%{User-Agent}i\" %{ms}T";

    /// @param traced whether the default format has the id of the request's trace at the end
    public static AccessLogSettings read(Section section, boolean traced) {
        String usual = traced ? DEFAULT_FORMAT + " %{" + RequestSpan.TRACE_ID + "}attr" : DEFAULT_FORMAT;
        String format = section.string("format", usual);
        if (!format.equals(usual)) {
            check(section, format);
        }
        return new AccessLogSettings(section.flag("enabled", true), format);
    }

    private static void check(Section section, String format) {
        try {
            new CustomRequestLog((RequestLog.Writer) _ -> {}, format);
        } catch (IllegalArgumentException | IllegalStateException e) {
            section.problem(
                    "format",
                    "unknown code in \"" + format + "\" (" + e.getMessage()
                            + "); use those of Jetty's CustomRequestLog, such as %{client}a, %m, %U, %s, %O, %{ms}T");
        }
    }
}
