package dev.pier.server.websocket;

/// The properties of a session for libraries of applications, which know the Jakarta API only. They are not API: a
/// library of Pier that uses them has the same names in a class of this name.
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
