package dev.pier.erlang.connection;

/// A signal was not sent, because the connection has ended.
public final class ConnectionEnded extends Exception {
    private static final long serialVersionUID = 1L;

    public ConnectionEnded() {
        // Without a stack trace: thrown by every call on a lost connection, and always caught.
        super("the connection has ended", null, false, false);
    }
}
