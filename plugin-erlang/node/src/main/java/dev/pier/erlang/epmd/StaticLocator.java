package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds nodes with configured addresses, and the others through another locator. Host names are resolved at each
/// use.
public final class StaticLocator implements NodeLocator {
    private final Function<NodeName, @Nullable InetSocketAddress> addresses;
    private final NodeLocator others;

    /// @param addresses asked at each use; an address may be unresolved, so that the start does not wait for
    ///     a name server
    /// @param others finds the other nodes
    public StaticLocator(Function<NodeName, @Nullable InetSocketAddress> addresses, NodeLocator others) {
        this.addresses = addresses;
        this.others = others;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        return locateAll(node).getFirst();
    }

    @Override
    public List<InetSocketAddress> locateAll(NodeName node) throws EpmdException {
        InetSocketAddress address = addresses.apply(node);
        return address == null
                ? others.locateAll(node)
                : HostAddresses.of(address.getHostString(), address.getPort(), node);
    }
}
