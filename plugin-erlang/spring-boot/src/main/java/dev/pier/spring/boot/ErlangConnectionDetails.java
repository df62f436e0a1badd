package dev.pier.spring.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/// Where the node finds its peers, in place of the properties below `pier.erlang`: a bean for tests.
///
/// Beans of the test kit's `FakeErlang` make one by themselves.
public interface ErlangConnectionDetails extends ConnectionDetails {
    /// The name of this node, in place of `pier.erlang.node`. With a name of its own, the node listens at any
    /// free port and has no TLS.
    ///
    /// @return `null` for the name and the settings of the properties
    default @Nullable String node() {
        return null;
    }

    /// The cookie of this node.
    ///
    /// @return `null` for that of the properties
    default @Nullable String cookie() {
        return null;
    }

    /// The port of EPMD.
    ///
    /// @return `null` for that of the properties
    default @Nullable Integer epmdPort() {
        return null;
    }

    /// Where a peer is.
    ///
    /// @param name its name below `pier.erlang.peers`
    /// @return `null` for the nodes and the cookie of the properties
    @Nullable
    PeerNodes peer(String name);

    /// The nodes of a peer.
    ///
    /// @param names the node names, `name@host`
    /// @param cookie their cookie; `null` if it is that of this node
    record PeerNodes(List<String> names, @Nullable String cookie) {
        public PeerNodes {
            names = List.copyOf(names);
        }

        /// Without the cookie.
        @Override
        public String toString() {
            return "PeerNodes" + names;
        }
    }
}
