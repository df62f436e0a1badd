package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/// Resolves host names. Blocks until the name service has answered.
final class HostAddresses {
    private HostAddresses() {}

    /// The addresses of a host, at least one.
    ///
    /// @param node the node on that host, for the error
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

    /// The same port at each address of a host.
    static List<InetSocketAddress> of(String host, int port, NodeName node) throws EpmdException {
        return Stream.of(of(host, node))
                .map(address -> new InetSocketAddress(address, port))
                .toList();
    }
}
