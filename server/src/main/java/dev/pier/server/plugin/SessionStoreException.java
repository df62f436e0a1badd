package dev.pier.server.plugin;

/// A session store could not be reached, or did not answer in time. The operation may have taken effect.
public final class SessionStoreException extends Exception {
    private static final long serialVersionUID = 1;

    /// @param message for the operator: the cause, without the session's id
    public SessionStoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
