package dev.pier.spring.boot;

import dev.pier.erlang.Balance;
import dev.pier.erlang.node.PeerSettings.Connect;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.transport.TlsUse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The properties of one peer, `pier.erlang.peers.<name>`.
///
/// @param node the peer's node name, name@host; each peer has this, nodes or dns
/// @param nodes the names of several nodes that do the same
/// @param dns finds the nodes by DNS
/// @param address the peer's host:port; without it, EPMD is asked
/// @param connect when to connect
/// @param balance which of several nodes gets a call
/// @param timeout how long a call may take, including connecting
/// @param required how many of the peer's nodes must be connected, or else its health is down
/// @param cookie the cookie of this peer's nodes, if it differs from that of this node
/// @param cookieFile the file with this cookie, readable by its owner only
/// @param tls whether it is connected to within TLS; by default where the node has TLS
record PeerProperties(
        @Nullable String node,
        @Nullable List<String> nodes,
        @Nullable Dns dns,
        @Nullable String address,
        @DefaultValue("eager") Connect connect,
        @DefaultValue("least-calls") Balance balance,
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("any") RequiredNodes required,
        @Nullable String cookie,
        @Nullable Path cookieFile,
        @Nullable TlsUse tls) {

    /// Without the cookie.
    @Override
    public String toString() {
        return "PeerProperties[node=" + node + ", nodes=" + nodes + ", dns=" + dns + "]";
    }

    /// Finds the nodes by DNS.
    ///
    /// @param name a name whose A and AAAA records are the addresses of the peer's nodes
    /// @param node the part of these nodes' names before the @; the address follows it
    /// @param interval how often DNS is asked
    record Dns(
            @Nullable String name,
            @Nullable String node,
            @DefaultValue("5s") Duration interval) {}
}
