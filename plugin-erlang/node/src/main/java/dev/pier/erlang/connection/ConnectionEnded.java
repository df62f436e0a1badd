package dev.pier.erlang.connection;

/// A signal came too late: the connection has ended, and nothing of it was sent.
public final class ConnectionEnded extends Exception {
    private static final long serialVersionUID = 1L;

    public ConnectionEnded() {
        // Made on the way of every call that meets a lost connection; nobody looks at its stack.
        super("the connection has ended", null, false, false);
    }
}
