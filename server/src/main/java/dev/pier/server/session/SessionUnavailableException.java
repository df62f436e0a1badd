package dev.pier.server.session;

import org.eclipse.jetty.io.QuietException;

/// A session cannot be read or created now: its store is away, or the application has too many sessions. The response
/// is 503 with `Retry-After`. The cause is logged once a minute, not for each request.
public final class SessionUnavailableException extends RuntimeException implements QuietException {
    /// Seconds that a client is asked to wait.
    public static final int RETRY_AFTER = 5;

    private static final long serialVersionUID = 1;

    SessionUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    SessionUnavailableException(String message) {
        super(message);
    }
}
