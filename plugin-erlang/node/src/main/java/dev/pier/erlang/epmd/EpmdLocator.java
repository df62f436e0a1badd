package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds nodes through the EPMD of their host.
public final class EpmdLocator implements NodeLocator {
    private final EpmdClient epmd;

    public EpmdLocator(EpmdClient epmd) {
        this.epmd = epmd;
    }

    @Override
    public InetSocketAddress locate(NodeName node) throws EpmdException {
        return locateAll(node).getFirst();
    }

    /// The address whose EPMD knows the node is the first. The node may listen at the others alone.
    @Override
    public List<InetSocketAddress> locateAll(NodeName node) throws EpmdException {
        InetAddress[] hosts = HostAddresses.of(node.host(), node);
        TimeShares shares = new TimeShares(epmd.connectTimeout(), hosts.length);
        @Nullable EpmdException unreachable = null;
        for (InetAddress host : hosts) {
            try {
                int port = port(host, node, shares.next());
                return Stream.concat(Stream.of(host), Stream.of(hosts))
                        .distinct()
                        .map(address -> new InetSocketAddress(address, port))
                        .toList();
            } catch (EpmdException e) {
                if (e.reason() != EpmdException.Reason.UNREACHABLE) {
                    throw e;
                }
                // EPMD may not listen on all addresses of the host, for example not on the IPv6 ones.
                unreachable = e;
            }
        }
        throw unreachable == null ? unknown(node) : unreachable;
    }

    private int port(InetAddress host, NodeName node, Duration connectTimeout) throws EpmdException {
        Optional<EpmdEntry> entry = epmd.lookup(host, node.alive(), connectTimeout);
        if (entry.isEmpty()) {
            throw unknown(node);
        }
        if (!entry.get().speaksOurVersion()) {
            throw new EpmdException(
                    EpmdException.Reason.VERSION_UNSUPPORTED,
                    "node '" + node.alive() + "' speaks distribution versions "
                            + entry.get().lowestVersion() + " to "
                            + entry.get().highestVersion() + ", this node needs " + EpmdEntry.OUR_VERSION
                            + " (OTP 23 or later)");
        }
        return entry.get().port();
    }

    private static EpmdException unknown(NodeName node) {
        return new EpmdException(
                EpmdException.Reason.NODE_UNKNOWN,
                "node '" + node.alive() + "' is not registered at the EPMD of " + node.host());
    }
}
