package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;

/// Finds nodes that all listen on the same port of their host, as with Erlang's `-erl_epmd_port`. Needs no EPMD.
public final class FixedPortLocator implements NodeLocator {
    private final int port;

    public FixedPortLocator(int port) {
        this.port = port;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        return new InetSocketAddress(HostAddresses.of(node.host(), node)[0], port);
    }
}
