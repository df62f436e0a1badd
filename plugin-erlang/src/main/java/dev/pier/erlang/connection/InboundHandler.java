package dev.pier.erlang.connection;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;

/// Takes what arrives on a connection. Implemented by the node.
///
/// All calls come from the connection's reader, one after the other, and [#ended] is the last. They must not block:
/// while one runs, nothing else of that peer is heard.
public interface InboundHandler {
    /// A signal has arrived.
    ///
    /// @param payload the message, reason or arguments, still encoded; empty if the signal has none
    void signal(ControlMessage control, EncodedTerm payload);

    /// A signal has arrived whose payload was beyond a limit, and is gone.
    ///
    /// @param limit which limit, in a sentence
    void oversized(ControlMessage control, String limit);

    /// The connection has ended, and nothing more will arrive.
    void ended(Disconnect disconnect);
}
