package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;

/// Finds the address where a node listens. May block for a limited time.
@FunctionalInterface
public interface NodeLocator {
    /// @return a resolved address
    /// @throws EpmdException if the node cannot be found
    InetSocketAddress locate(NodeName node) throws EpmdException;
}
