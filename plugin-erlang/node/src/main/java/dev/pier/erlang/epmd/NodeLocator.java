package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;

/// Finds the address a node listens on. May block, for a bounded time.
@FunctionalInterface
public interface NodeLocator {
    /// @return a resolved address
    /// @throws EpmdException with the reason and a sentence, if the node is not to be found
    InetSocketAddress locate(NodeName node) throws EpmdException;
}
