package dev.pier.server.session;

import dev.pier.server.http.RetryLaterException;

/// A session cannot be read or created now: its store is away, or the application has too many sessions.
public final class SessionUnavailableException extends RetryLaterException {
    private static final long serialVersionUID = 1;

    SessionUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    SessionUnavailableException(String message) {
        super(message);
    }
}
