package dev.pier.erlang.node;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.node.PeerSettings.Connect;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The settings of one peer, for [NodeBuilder#peer(String, java.util.function.Consumer)]. For one thread.
public final class PeerBuilder {
    private @Nullable NodeName node;
    private @Nullable InetSocketAddress address;
    private Connect connect = Connect.AT_FIRST_USE;
    private CallOptions options = CallOptions.DEFAULT;

    PeerBuilder() {}

    /// The peer's node name, `name@host`. Required.
    ///
    /// @throws IllegalArgumentException if it is not a full node name
    public PeerBuilder node(String name) {
        node = NodeName.parse(name);
        return this;
    }

    /// Where the peer listens. By default the EPMD of the peer's host is asked.
    ///
    /// @param host resolved at each attempt to connect
    public PeerBuilder address(String host, int port) {
        address = InetSocketAddress.createUnresolved(host, port);
        return this;
    }

    /// Connects when the node starts. By default the first call connects.
    public PeerBuilder eager() {
        connect = Connect.EAGER;
        return this;
    }

    /// How long a call may take, connecting included, unless the caller sets another timeout; 5 s by default.
    ///
    /// @throws IllegalArgumentException if it is not above zero
    public PeerBuilder timeout(Duration timeout) {
        options = options.withTimeout(timeout);
        return this;
    }

    PeerSettings build(String name) {
        if (node == null) {
            throw new IllegalArgumentException("peer '" + name + "' has no node: set node(\"name@host\")");
        }
        return new PeerSettings(node, address, connect, options);
    }
}
