package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/// Finds nodes with configured addresses, and the others through another locator. Host names are resolved at each
/// use.
public final class StaticLocator implements NodeLocator {
    private final Map<NodeName, InetSocketAddress> addresses;
    private final NodeLocator others;

    /// @param addresses may be unresolved, so that the start does not wait for a name server
    /// @param others finds the other nodes
    public StaticLocator(Map<NodeName, InetSocketAddress> addresses, NodeLocator others) {
        this.addresses = Map.copyOf(addresses);
        this.others = others;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        return locateAll(node).getFirst();
    }

    @Override
    public List<InetSocketAddress> locateAll(NodeName node) throws EpmdException {
        InetSocketAddress address = addresses.get(node);
        return address == null
                ? others.locateAll(node)
                : HostAddresses.of(address.getHostString(), address.getPort(), node);
    }
}
