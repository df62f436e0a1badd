package dev.pier.erlang.node;

import dev.pier.erlang.Balance;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.node.PeerSettings.Connect;
import dev.pier.erlang.transport.TlsUse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The settings of one peer, for [NodeBuilder#peer(String, java.util.function.Consumer)]. For one thread.
public final class PeerBuilder {
    private List<NodeName> nodes = List.of();
    private @Nullable DnsSettings dns;
    private @Nullable InetSocketAddress address;
    private Connect connect = Connect.AT_FIRST_USE;
    private CallOptions options = CallOptions.DEFAULT;
    private Balance balance = Balance.LEAST_CALLS;
    private @Nullable CookieSource cookie;

    /// Reads a cookie when the node starts.
    interface CookieSource {
        Cookie read() throws IOException;
    }

    private @Nullable TlsUse tls;

    PeerBuilder() {}

    /// The peer's node name, `name@host`. This, [#nodes] or [#dns] is required.
    ///
    /// @throws IllegalArgumentException if it is not a full node name
    public PeerBuilder node(String name) {
        return nodes(name);
    }

    /// The names of the peer's nodes, if it has several that do the same.
    ///
    /// @throws IllegalArgumentException if `names` is empty, has a name that is no full node name, or has a name
    ///     twice
    public PeerBuilder nodes(String... names) {
        if (names.length == 0 || names.length > PeerSettings.MAX_NODES) {
            throw new IllegalArgumentException(
                    "a peer has 1 to " + PeerSettings.MAX_NODES + " nodes, not " + names.length);
        }
        List<NodeName> parsed = Stream.of(names).map(NodeName::parse).toList();
        Set<NodeName> seen = new HashSet<>();
        for (NodeName name : parsed) {
            if (!seen.add(name)) {
                throw new IllegalArgumentException("the node " + name + " is given twice");
            }
        }
        nodes = parsed;
        return this;
    }

    /// Finds the peer's nodes by DNS: `node@ADDRESS` for each address of the name.
    ///
    /// @throws IllegalArgumentException if a name is not valid, or the interval is not above zero
    public PeerBuilder dns(String name, String node, Duration interval) {
        dns = new DnsSettings(name, node, interval);
        return this;
    }

    /// How calls are spread over the nodes; [Balance#LEAST_CALLS] by default.
    public PeerBuilder balance(Balance choice) {
        balance = choice;
        return this;
    }

    /// Where the peer listens. By default the EPMD of the peer's host is asked.
    ///
    /// @param host resolved at each attempt to connect
    public PeerBuilder address(String host, int port) {
        address = InetSocketAddress.createUnresolved(host, port);
        return this;
    }

    /// Connects when the node starts. By default the first call connects.
    public PeerBuilder eager() {
        connect = Connect.EAGER;
        return this;
    }

    /// How long a call may take, connecting included, unless the caller sets another timeout; 5 s by default.
    ///
    /// @throws IllegalArgumentException if it is not above zero
    public PeerBuilder timeout(Duration timeout) {
        options = options.withTimeout(timeout);
        return this;
    }

    /// The cookie of the peer's nodes, in both directions. By default it is that of this node.
    ///
    /// @throws IllegalArgumentException as [NodeBuilder#cookie]
    public PeerBuilder cookie(String value) {
        Cookie secret = Cookie.of(value);
        cookie = () -> secret;
        return this;
    }

    /// The file to read this cookie from when the node starts. It must be readable by its owner only.
    public PeerBuilder cookieFile(Path file) {
        cookie = () -> CookieFile.read(file);
        return this;
    }

    @Nullable
    CookieSource cookie() {
        return cookie;
    }

    /// Whether it is connected to within TLS. By default it is if the node has TLS
    /// ([NodeBuilder#tls(TlsSettings)]).
    public PeerBuilder tls(TlsUse use) {
        tls = use;
        return this;
    }

    PeerSettings build(String name) {
        if (nodes.isEmpty() && dns == null) {
            throw new IllegalArgumentException("peer '" + name + "' has no node: set node(\"name@host\")");
        }
        if (!nodes.isEmpty() && dns != null) {
            throw new IllegalArgumentException("peer '" + name + "' has both nodes and dns: use one of the two");
        }
        if (address != null && nodes.size() != 1) {
            throw new IllegalArgumentException("peer '" + name + "' has an address, and not one node");
        }
        return new PeerSettings(nodes, dns, address, connect, options, balance, tls);
    }
}
