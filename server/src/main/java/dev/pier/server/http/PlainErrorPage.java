package dev.pier.server.http;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.StringUtil;
import org.jspecify.annotations.Nullable;

/// What a client sees of an error: the status and, where an application has given one, its message. Never an
/// exception, a class name or a version: these are for the log.
public final class PlainErrorPage {
    private final int status;
    private final String message;

    /// @param message what was said with the status
    /// @param cause the exception behind the error; if there is one, the message may be its text, and is not shown
    public PlainErrorPage(int status, @Nullable String message, @Nullable Throwable cause) {
        this.status = status;
        this.message = message == null || cause != null ? HttpStatus.getMessage(status) : message;
    }

    public String html() {
        String title = status + " " + StringUtil.sanitizeXmlString(message);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head><title>%1$s</title></head>
                <body><h1>%1$s</h1></body>
                </html>
                """.formatted(title);
    }

    public String text() {
        return status + " " + message + "\n";
    }

    public String json() {
        StringBuilder json = new StringBuilder("{\"status\":").append(status).append(",\"message\":\"");
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append("\"}\n").toString();
    }
}
