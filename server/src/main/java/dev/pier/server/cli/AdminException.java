package dev.pier.server.cli;

/// The admin port of a server gives no answer, or refuses what a command asks. The message is for the operator.
public final class AdminException extends Exception {
    private static final long serialVersionUID = 1L;

    public AdminException(String message) {
        super(message);
    }
}
