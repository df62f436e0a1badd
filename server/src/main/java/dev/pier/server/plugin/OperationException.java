package dev.pier.server.plugin;

/// An operation has failed. The message is for the operator.
public final class OperationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /// @param status of HTTP, such as 400 for an invalid argument, 404 for a name that is not known, 409 for a state in
    ///     which the operation cannot run, 502 for a failure on another system
    public OperationException(int status, String message) {
        super(message);
        this.status = status;
    }

    /// The status of HTTP.
    public int status() {
        return status;
    }
}
