package dev.pier.server.http;

import dev.pier.server.plugin.RetryLater;
import org.eclipse.jetty.io.QuietException;

/// Something that a request needs is away now. The response is 503 with `Retry-After`. The cause is logged at a bounded
/// rate, not for each request.
public class RetryLaterException extends RuntimeException implements QuietException, RetryLater {
    /// Seconds that a client is asked to wait.
    public static final int RETRY_AFTER = 5;

    private static final long serialVersionUID = 1;

    /// @param message for the client
    public RetryLaterException(String message, Throwable cause) {
        super(message, cause);
    }

    /// @param message for the client
    public RetryLaterException(String message) {
        super(message);
    }

    @Override
    public String forClients() {
        return String.valueOf(getMessage());
    }
}
