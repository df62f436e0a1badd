package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.Peer;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.internal.RequestPeer;

/// Starts producers of the peer that answer HTTP requests.
final class ErlangRequest {
    private ErlangRequest() {}

    /// Calls a producer. [StreamedResponse] waits for its first row, and looks for the client meanwhile.
    static ReplyStream begin(Peer peer, String module, String function, Object... arguments) {
        return peer instanceof RequestPeer<?> requests
                        && requests.request(module, function, arguments) instanceof ReplyStream stream
                ? stream
                : peer.stream(module, function, arguments);
    }
}
