package dev.pier.erlang.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A configured peer.
///
/// @param node the peer's node name
/// @param address where the peer listens, unresolved; `null` to ask EPMD
/// @param connect when its connection is opened
/// @param options the options of calls, unless the caller sets others
public record PeerSettings(NodeName node, @Nullable InetSocketAddress address, Connect connect, CallOptions options) {
    /// When the connection to a peer is opened.
    public enum Connect {
        /// At the start of the node, and again by itself whenever it is lost.
        EAGER,
        /// With the first call; from then on as `EAGER`.
        AT_FIRST_USE
    }
}
