package dev.pier.spring.boot;

import static dev.pier.spring.boot.Checked.set;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.PeerBuilder;
import dev.pier.erlang.node.PeerSettings.Connect;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the properties of one peer into a [NodeBuilder].
final class PeerSetup {
    private final String key;
    private final PeerProperties peer;

    private PeerSetup(String name, PeerProperties peer) {
        this.key = "peers." + name;
        this.peer = peer;
    }

    /// @param given the nodes in place of those of the properties; `null` for these
    /// @param withTls whether the properties about TLS count
    static void add(
            String name,
            PeerProperties peer,
            ErlangConnectionDetails.@Nullable PeerNodes given,
            boolean withTls,
            NodeBuilder builder) {
        String key = "peers." + name;
        if (name.equals("node") || name.indexOf('@') >= 0) {
            throw ErlangStartException.of(key, "a peer is not called 'node', and has no @ in its name");
        }
        PeerSetup setup = new PeerSetup(name, peer);
        set(
                key,
                () -> builder.peer(name, its -> {
                    if (given == null) {
                        setup.nodes(its);
                        setup.cookie(its);
                    } else {
                        its.nodes(given.names().toArray(String[]::new));
                        if (given.cookie() != null) {
                            its.cookie(given.cookie());
                        }
                    }
                    setup.calls(its);
                    if (withTls && peer.tls() != null) {
                        its.tls(peer.tls());
                    }
                }));
    }

    private void nodes(PeerBuilder its) {
        boolean one = peer.node() != null;
        List<String> several = peer.nodes();
        PeerProperties.Dns dns = peer.dns();
        Checked.notBoth(key + ".nodes", several != null, "node", one);
        Checked.notBoth(key + ".dns", dns != null, "node or nodes", one || several != null);
        Checked.notBoth(key + ".address", peer.address() != null, "nodes or dns", several != null || dns != null);
        if (dns != null) {
            dns(dns, its);
        } else if (several != null) {
            set(key + ".nodes", () -> its.nodes(several.toArray(String[]::new)));
        } else {
            String node = peer.node();
            if (node == null) {
                throw ErlangStartException.of(
                        key + ".node", "is missing: the peer's node name, such as backend@localhost");
            }
            set(key + ".node", () -> its.node(node));
            address(its);
        }
    }

    private void dns(PeerProperties.Dns dns, PeerBuilder its) {
        String name = dns.name();
        String node = dns.node();
        if (name == null) {
            throw ErlangStartException.of(
                    key + ".dns.name", "is missing: a name that DNS has the addresses of, such as backend.prod.svc");
        }
        if (node == null) {
            throw ErlangStartException.of(
                    key + ".dns.node", "is missing: the part of the nodes' names before the @, such as backend");
        }
        NodeSetup.duration(key + ".dns.interval", dns.interval(), Duration.ofMillis(100), Duration.ofHours(1));
        set(key + ".dns.node", () -> {
            NodeName checked = new NodeName(node, name);
            its.dns(checked.host(), checked.alive(), dns.interval());
        });
    }

    private void address(PeerBuilder its) {
        String text = peer.address();
        if (text == null) {
            return;
        }
        int colon = text.lastIndexOf(':');
        try {
            InetSocketAddress address = InetSocketAddress.createUnresolved(
                    text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
            its.address(address.getHostString(), address.getPort());
        } catch (IllegalArgumentException e) {
            throw ErlangStartException.of(key + ".address", "'" + text + "' is not of the form host:port", e);
        }
    }

    private void cookie(PeerBuilder its) {
        String cookie = peer.cookie();
        Checked.notBoth(key + ".cookie", cookie != null, "cookie-file", peer.cookieFile() != null);
        if (cookie != null) {
            set(key + ".cookie", () -> its.cookie(cookie));
        }
        if (peer.cookieFile() != null) {
            its.cookieFile(Checked.path(peer.cookieFile()));
        }
    }

    private void calls(PeerBuilder its) {
        NodeSetup.duration(key + ".timeout", peer.timeout(), Duration.ofMillis(1), Duration.ofHours(1));
        its.balance(peer.balance()).timeout(peer.timeout());
        if (peer.connect() == Connect.EAGER) {
            its.eager();
        }
    }
}
