package dev.pier.erlang.epmd;

import dev.pier.erlang.dist.NodeName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds nodes through the EPMD of their host.
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
                // EPMD may not listen on all addresses of the host, for example not on the IPv6 ones.
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
        if (!entry.get().speaksOurVersion()) {
            throw new EpmdException(
                    EpmdException.Reason.VERSION_UNSUPPORTED,
                    "node '" + node.alive() + "' speaks distribution versions "
                            + entry.get().lowestVersion() + " to "
                            + entry.get().highestVersion() + ", this node needs " + EpmdEntry.OUR_VERSION
                            + " (OTP 23 or later)");
        }
        return new InetSocketAddress(host, entry.get().port());
    }

    private static EpmdException unknown(NodeName node) {
        return new EpmdException(
                EpmdException.Reason.NODE_UNKNOWN,
                "node '" + node.alive() + "' is not registered at the EPMD of " + node.host());
    }
}
