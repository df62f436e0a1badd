package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;
import java.util.List;

/// Finds the address where a node listens. May block for a limited time.
@FunctionalInterface
public interface NodeLocator {
    /// @return a resolved address
    /// @throws EpmdException if the node cannot be found
    InetSocketAddress locate(NodeName node) throws EpmdException;

    /// All addresses where the node may be reached, in the order in which to try them; at least one.
    ///
    /// @throws EpmdException if the node cannot be found
    default List<InetSocketAddress> locateAll(NodeName node) throws EpmdException {
        return List.of(locate(node));
    }
}
