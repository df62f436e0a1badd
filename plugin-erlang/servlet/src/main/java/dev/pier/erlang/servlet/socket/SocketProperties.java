package dev.pier.erlang.servlet.socket;

/// The properties of a session that Pier's server and a socket exchange. The server has a class of this name with the
/// same names: the two modules share the Jakarta API only, so that sockets run in other containers too.
final class SocketProperties {
    /// A `Consumer<CloseReason>` that the server calls when the session has been closed.
    static final String CLOSED = "dev.pier.websocket.closed";

    /// The setting `websocket.queue`, an `Integer`.
    static final String QUEUE = "dev.pier.websocket.queue";

    /// The setting `websocket.credit`, an `Integer`.
    static final String CREDIT = "dev.pier.websocket.credit";

    private SocketProperties() {}
}
