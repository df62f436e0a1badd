package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.process.ProcessLimits;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The settings of one node.
///
/// @param name the node's full name
/// @param listen where other nodes may connect, port 0 for any free one; empty if none may
/// @param allowed which nodes may connect
/// @param link how it connects and lets others connect
/// @param processes the limits on links and monitors of its processes
public record NodeSettings(
        NodeName name,
        Optional<InetSocketAddress> listen,
        AllowedNodes allowed,
        LinkSettings link,
        ProcessLimits processes) {
    /// The same for a node of another name on the same host, at a port of its own.
    public NodeSettings withAlive(String alive) {
        return new NodeSettings(
                new NodeName(alive, name.host()),
                listen.map(address -> new InetSocketAddress(address.getAddress(), 0)),
                allowed,
                link,
                processes);
    }
}
