package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;
import java.util.List;

/// Finds nodes that all listen on the same port of their host, as with Erlang's `-erl_epmd_port`. Needs no EPMD.
public final class FixedPortLocator implements NodeLocator {
    private final int port;

    public FixedPortLocator(int port) {
        this.port = port;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        return locateAll(node).getFirst();
    }

    @Override
    public List<InetSocketAddress> locateAll(NodeName node) throws EpmdException {
        return HostAddresses.of(node.host(), port, node);
    }
}
