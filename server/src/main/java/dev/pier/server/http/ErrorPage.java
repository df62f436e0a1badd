package dev.pier.server.http;

import java.io.IOException;
import java.io.Writer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.StringUtil;
import org.jspecify.annotations.Nullable;

/// What a client sees of an error: the status and, where an application has given one, its message. Never an
/// exception, a class name or a version: these are for the log.
public final class ErrorPage {
    private final int status;
    private final String message;

    /// @param message what was said with the status
    /// @param cause the exception behind the error; if there is one, the message may be its text, and is not shown
    public ErrorPage(int status, @Nullable String message, @Nullable Throwable cause) {
        this.status = status;
        this.message = message == null || cause != null ? HttpStatus.getMessage(status) : message;
    }

    public void writeHtml(Writer out) throws IOException {
        String title = status + " " + StringUtil.sanitizeXmlString(message);
        out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>");
        out.write(title);
        out.write("</title></head>\n<body><h1>");
        out.write(title);
        out.write("</h1></body>\n</html>\n");
    }

    public void writeText(Writer out) throws IOException {
        out.write(status + " " + message + "\n");
    }

    public void writeJson(Writer out) throws IOException {
        out.write("{\"status\":" + status + ",\"message\":\"");
        for (int i = 0; i < message.length(); i++) {
            char c = message.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                out.write(String.format("\\u%04x", (int) c));
            } else {
                out.write(c);
            }
        }
        out.write("\"}\n");
    }
}
