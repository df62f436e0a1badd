package dev.pier.server;

/// The server cannot start; the message is a sentence for the operator.
public final class StartException extends Exception {
    StartException(String message, Throwable cause) {
        super(message, cause);
    }

    StartException(String message) {
        super(message);
    }
}
