package dev.pier.server;

/// The server cannot start. The message tells the operator why, without a class name.
public final class StartException extends Exception {
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }

    public StartException(String message) {
        super(message);
    }
}
