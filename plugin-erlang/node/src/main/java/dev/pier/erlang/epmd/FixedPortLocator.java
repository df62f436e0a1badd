package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;

/// Every node listens on the same port of its host, as with Erlang's `-erl_epmd_port`: no EPMD is asked.
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
