package dev.pier.server.webapp;

import dev.pier.server.http.HttpSettings;
import dev.pier.server.http.PlainErrorPage;
import dev.pier.server.http.RetryLaterException;
import dev.pier.server.plugin.RetryLater;
import dev.pier.server.trace.RequestSpan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers errors of an application or a mount that has no error page for them with a [PlainErrorPage]. An
/// exception gets a reference, which the page shows and the log has.
///
/// *Threads.* Safe for all threads.
public final class AppErrorHandler extends ErrorPageErrorHandler {
    /// What Jetty says of a form beyond a limit, in exceptions inside the 400 that an application gets.
    private static final Pattern FORM_TOO_LARGE = Pattern.compile("(?i).*form (is larger|too large).*");

    private static final Pattern TOO_MANY_FIELDS = Pattern.compile("(?i).*(too many form keys|form with too many).*");

    private static final Logger log = LoggerFactory.getLogger(AppErrorHandler.class);

    /// The attribute of a request with the reference of its failure, also for error pages of the application.
    private static final String REFERENCE = "dev.pier.reference";

    private final HttpSettings settings;

    /// @param settings the limits that messages name
    public AppErrorHandler(HttpSettings settings) {
        this.settings = settings;
    }

    /// Answers 413 with the limit and its setting where a form is beyond it, and 503 where something that the request
    /// needs is away now, such as its session or the realm of the users.
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (request.getAttribute(ERROR_EXCEPTION) instanceof Throwable thrown) {
            missing(thrown).ifPresent(cause -> {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, RetryLaterException.RETRY_AFTER);
                replace(request, response, HttpStatus.SERVICE_UNAVAILABLE_503, cause.forClients());
            });
            exceededLimit(thrown)
                    .ifPresent(sentence -> replace(request, response, HttpStatus.PAYLOAD_TOO_LARGE_413, sentence));
        }
        if (request.getAttribute(ERROR_EXCEPTION) instanceof Throwable thrown
                && response.getStatus() >= HttpStatus.INTERNAL_SERVER_ERROR_500
                && request.getAttribute(REFERENCE) == null) {
            request.setAttribute(REFERENCE, reference(request, response.getStatus(), thrown));
        }
        return super.handle(request, response, callback);
    }

    /// Logs a failure in one line. Jetty has logged the stack trace.
    private static String reference(Request request, int status, Throwable thrown) {
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        String asked = request.getMethod() + " " + request.getHttpURI().getPath();
        log.atWarn()
                .addKeyValue("reference", reference)
                .addKeyValue("request", asked)
                .addKeyValue("failure", thrown)
                .log("Request failed with {} (reference {}): {}: {}", status, reference, asked, thrown.toString());
        return reference;
    }

    private static void replace(Request request, Response response, int status, String sentence) {
        response.setStatus(status);
        request.setAttribute(ERROR_STATUS, status);
        request.setAttribute(ERROR_MESSAGE, sentence);
        request.removeAttribute(ERROR_EXCEPTION);
    }

    private static Optional<RetryLater> missing(Throwable thrown) {
        return causes(thrown)
                .filter(RetryLater.class::isInstance)
                .map(RetryLater.class::cast)
                .findFirst();
    }

    private static Stream<Throwable> causes(Throwable thrown) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause).limit(10);
    }

    private Optional<String> exceededLimit(Throwable thrown) {
        return causes(thrown)
                .map(it -> String.valueOf(it.getMessage()))
                .flatMap(message -> sentence(message).stream())
                .findFirst();
    }

    private Optional<String> sentence(String message) {
        if (FORM_TOO_LARGE.matcher(message).matches()) {
            return Optional.of("The form is larger than " + settings.maxForm() + " bytes (http.max-form)");
        }
        return TOO_MANY_FIELDS.matcher(message).matches()
                ? Optional.of("The form has more than " + settings.maxFormFields() + " fields (http.max-form-fields)")
                : Optional.empty();
    }

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
        writer.write(page(request, code, message, cause).html());
    }

    @Override
    protected void writeErrorPlain(
            Request request, PrintWriter writer, int code, @Nullable String message, @Nullable Throwable cause) {
        writer.write(page(request, code, message, cause).text());
    }

    @Override
    protected void writeErrorJson(
            Request request, PrintWriter writer, int code, @Nullable String message, @Nullable Throwable cause) {
        writer.write(page(request, code, message, cause).json(request.getAttribute(RequestSpan.TRACE_ID)));
    }

    private static PlainErrorPage page(Request request, int code, @Nullable String message, @Nullable Throwable cause) {
        @Nullable String reference = request.getAttribute(REFERENCE) instanceof String text ? text : null;
        return new PlainErrorPage(code, message, cause, reference);
    }
}
