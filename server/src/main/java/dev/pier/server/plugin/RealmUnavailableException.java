package dev.pier.server.plugin;

/// A realm does not know now whether a user may log in.
public final class RealmUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message the reason, for the log
    public RealmUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /// @param message the reason, for the log
    public RealmUnavailableException(String message) {
        super(message);
    }
}
