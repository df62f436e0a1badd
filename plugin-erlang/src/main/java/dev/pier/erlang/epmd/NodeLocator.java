package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/// Finds the address a node listens on. May block, for a bounded time.
@FunctionalInterface
public interface NodeLocator {
    /// @return a resolved address
    /// @throws EpmdException with the reason and a sentence, if the node is not to be found
    InetSocketAddress locate(NodeName node) throws EpmdException;

    /// The addresses of a node's host, at least one.
    static InetAddress[] resolve(String host, NodeName node) throws EpmdException {
        try {
            return InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new EpmdException(
                    EpmdException.Reason.HOST_UNKNOWN,
                    "the host '" + host + "' of the node " + node + " has no address",
                    e);
        }
    }
}
