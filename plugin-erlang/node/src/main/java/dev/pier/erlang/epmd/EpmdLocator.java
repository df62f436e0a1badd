package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the EPMD of the node's host.
public final class EpmdLocator implements NodeLocator {
    private final EpmdClient epmd;

    public EpmdLocator(EpmdClient epmd) {
        this.epmd = epmd;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        @Nullable EpmdException unreachable = null;
        for (InetAddress host : HostAddresses.of(node.host(), node)) {
            try {
                return address(host, node);
            } catch (EpmdException e) {
                if (e.reason() != EpmdException.Reason.UNREACHABLE) {
                    throw e;
                }
                // A host may have addresses that EPMD does not listen on, such as an IPv6 one.
                unreachable = e;
            }
        }
        throw unreachable == null ? unknown(node) : unreachable;
    }

    private InetSocketAddress address(InetAddress host, NodeName node) throws EpmdException {
        Optional<EpmdEntry> entry = epmd.lookup(host, node.alive());
        if (entry.isEmpty()) {
            throw unknown(node);
        }
        return new InetSocketAddress(host, entry.get().port());
    }

    private static EpmdException unknown(NodeName node) {
        return new EpmdException(
                EpmdException.Reason.NODE_UNKNOWN,
                "the EPMD of " + node.host() + " knows no node '" + node.alive() + "'");
    }
}
