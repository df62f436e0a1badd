package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.UnknownHostException;

/// Asks the name service. Blocks for as long as that takes.
final class HostAddresses {
    private HostAddresses() {}

    /// The addresses of a host, at least one.
    ///
    /// @param node whose host it is, for the error
    static InetAddress[] of(String host, NodeName node) throws EpmdException {
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
