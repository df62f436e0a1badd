package dev.pier.server.websocket;

/// The properties of a session that libraries of applications use, because they know the Jakarta API only. They are not
/// API. Pier's own library has a class of this name with the same names.
final class SocketProperties {
    /// A `Consumer<CloseReason>` that a library has left, to be called when the session has been closed: the
    /// Jakarta API tells only the endpoint.
    static final String CLOSED = "dev.pier.websocket.closed";

    /// The setting `websocket.queue`, an `Integer`.
    static final String QUEUE = "dev.pier.websocket.queue";

    /// The setting `websocket.credit`, an `Integer`.
    static final String CREDIT = "dev.pier.websocket.credit";

    private SocketProperties() {}
}
