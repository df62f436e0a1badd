package dev.pier.server.http;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.StringUtil;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The body of an error response: the status, the message if an application has set one, and the reference
/// under which the log has the reason. It never contains an exception, a class name or a version, which are
/// only for the log.
public final class PlainErrorPage {
    /// Writes ASCII only, because Jetty chooses the charset from the request.
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private final int status;
    private final String message;
    private final @Nullable String reference;

    /// An error without a reference.
    ///
    /// @param message the message that was set with the status; null for none
    /// @param cause the exception behind the error. If there is one, the message may be its text and is not
    ///     shown
    public PlainErrorPage(int status, @Nullable String message, @Nullable Throwable cause) {
        this(status, message, cause, null);
    }

    /// @param message the message that was set with the status; null for none
    /// @param cause the exception behind the error. If there is one, the message may be its text and is not
    ///     shown
    /// @param reference null if the error has none
    public PlainErrorPage(int status, @Nullable String message, @Nullable Throwable cause, @Nullable String reference) {
        this.status = status;
        this.reference = reference;
        this.message = message == null || cause != null ? HttpStatus.getMessage(status) : message;
    }

    /// The page as HTML.
    public String html() {
        String below = reference == null
                ? ""
                : "<p>Reference: <code>" + StringUtil.sanitizeXmlString(reference) + "</code></p>";
        String title = status + " " + StringUtil.sanitizeXmlString(message);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head><title>%1$s</title></head>
                <body><h1>%1$s</h1>%2$s</body>
                </html>
                """.formatted(title, below);
    }

    /// The page as one line of text.
    public String text() {
        return status + " " + message + (reference == null ? "" : " (reference " + reference + ")") + "\n";
    }

    /// The page as JSON in ASCII: `{"status":404,"message":"Not Found"}`.
    ///
    /// @param traceId the trace of the request; null for none
    public String json(@Nullable Object traceId) {
        ObjectNode body = JSON.createObjectNode().put("status", status).put("message", message);
        if (reference != null) {
            body.put("reference", reference);
        }
        if (traceId != null) {
            body.put("traceId", traceId.toString());
        }
        return JSON.writeValueAsString(body) + "\n";
    }
}
