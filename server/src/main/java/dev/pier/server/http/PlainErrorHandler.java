package dev.pier.server.http;

import dev.pier.server.trace.RequestSpan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.jspecify.annotations.Nullable;

/// Answers failed requests that belong to no application with a [PlainErrorPage].
///
/// The error handler of the applications has the same methods: Jetty's base class for servlet contexts is another
/// one, and both call one protected method per format.
public final class PlainErrorHandler extends ErrorHandler {
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void writeErrorHtml(
            Request request,
            Writer writer,
            Charset charset,
            int code,
            @Nullable String message,
            @Nullable Throwable cause)
            throws IOException {
        writer.write(new PlainErrorPage(code, message, cause).html());
    }

    @Override
    protected void writeErrorPlain(
            Request request, PrintWriter writer, int code, @Nullable String message, @Nullable Throwable cause) {
        writer.write(new PlainErrorPage(code, message, cause).text());
    }

    @Override
    protected void writeErrorJson(
            Request request, PrintWriter writer, int code, @Nullable String message, @Nullable Throwable cause) {
        writer.write(new PlainErrorPage(code, message, cause).json(request.getAttribute(RequestSpan.TRACE_ID)));
    }
}
