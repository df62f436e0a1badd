package dev.pier.erlang.plugin;

import dev.pier.erlang.Balance;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.PeerBuilder;
import dev.pier.erlang.node.PeerSettings;
import dev.pier.erlang.node.PeerSettings.Connect;
import dev.pier.erlang.peer.RequiredNodes;
import dev.pier.erlang.transport.TlsUse;
import dev.pier.server.config.Section;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;

/// Reads the sections `erlang.peers.<name>`. Problems are reported to the section.
final class PeerSections {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final NodeBuilder builder;
    private final boolean tls;
    private final Map<String, RequiredNodes> required = new LinkedHashMap<>();

    /// The peer of each node, for nodes of several peers.
    private final Map<String, String> owners = new HashMap<>();

    private final Map<String, Optional<Path>> cookies = new HashMap<>();

    private PeerSections(NodeBuilder builder, boolean tls) {
        this.builder = builder;
        this.tls = tls;
    }

    /// Reads the peers into the builder.
    ///
    /// @param tls whether the node has TLS
    /// @return the peers that readiness requires
    static Map<String, RequiredNodes> read(Section erlang, NodeBuilder builder, boolean tls) {
        PeerSections reader = new PeerSections(builder, tls);
        erlang.sections("peers").forEach((name, peer) -> reader.peer(erlang, name, peer));
        return reader.required;
    }

    private void peer(Section erlang, String name, Section peer) {
        SequencedSet<String> nodes = nodes(peer);
        Section dns = peer.section("dns");
        Consumer<PeerBuilder> settings = dns(peer, dns);
        if (!peer.has("dns")) {
            String[] names = (nodes.isEmpty() ? List.of(ErlangSettings.UNNAMED) : nodes).toArray(String[]::new);
            settings = it -> it.nodes(names);
        }
        Optional<InetSocketAddress> address = address(peer);
        if (address.isPresent() && (nodes.size() > 1 || peer.has("dns"))) {
            peer.problem("address", "is for a peer of one node");
            address = Optional.empty();
        }
        Optional<InetSocketAddress> at = address;
        boolean eager = peer.choice("connect", Connect.EAGER) == Connect.EAGER;
        Balance balance = peer.choice("balance", Balance.LEAST_CALLS);
        RequiredNodes needed = peer.choice("required", Required.NONE).nodes();
        Duration timeout =
                peer.duration("timeout", CallOptions.DEFAULT.timeout(), Duration.ofMillis(1), Duration.ofHours(1));
        Optional<Path> cookie = peer.path("cookie-file");
        TlsUse use = TlsSection.use(peer, tls);
        shareCookies(name, peer, nodes, cookie);
        if (name.equals("node") || name.indexOf('@') >= 0) {
            erlang.problem("peers." + name, "a peer is not called 'node', and has no @ in its name");
            return;
        }
        if (needed != RequiredNodes.NONE) {
            required.put(name, needed);
        }
        builder.peer(name, settings.andThen(it -> {
            at.ifPresent(there -> it.address(there.getHostString(), there.getPort()));
            cookie.ifPresent(it::cookieFile);
            it.balance(balance).timeout(timeout).tls(use);
            if (eager) {
                it.eager();
            }
        }));
    }

    /// The names of `node` or `nodes`.
    private static SequencedSet<String> nodes(Section peer) {
        SequencedSet<String> nodes = new LinkedHashSet<>();
        boolean one = peer.has("node");
        boolean several = peer.has("nodes");
        boolean dns = peer.has("dns");
        peer.string("node").ifPresent(node -> add(peer, "node", node, nodes));
        List<String> listed = peer.strings("nodes");
        listed.forEach(node -> add(peer, "nodes", node, nodes));
        if (one && several) {
            peer.problem("nodes", "is given together with node: use one of the two");
        } else if (dns && (one || several)) {
            peer.problem("dns", "is given together with " + (one ? "node" : "nodes") + ": use one of the two");
        } else if (several && listed.isEmpty()) {
            peer.problem("nodes", "names no node: expected a list such as [ \"backend@h1\", \"backend@h2\" ]");
        } else if (listed.size() > PeerSettings.MAX_NODES) {
            peer.problem("nodes", "has " + listed.size() + " nodes: at most " + PeerSettings.MAX_NODES);
        } else if (!one && !several && !dns) {
            peer.problem("node", "is missing: the peer's node name, such as \"backend@localhost\"");
        }
        return nodes;
    }

    private static void add(Section peer, String key, String node, SequencedSet<String> nodes) {
        try {
            String name = NodeName.parse(node).toString();
            if (!nodes.add(name) && key.equals("nodes") && !peer.has("node")) {
                peer.problem(key, "the node " + name + " is given twice");
            }
        } catch (IllegalArgumentException e) {
            peer.problem(key, ErlangSettings.sentence(e));
        }
    }

    private static Consumer<PeerBuilder> dns(Section peer, Section dns) {
        Optional<String> name = dns.string("name");
        Optional<String> node = dns.string("node");
        Duration interval = dns.duration("interval", INTERVAL, Duration.ofMillis(100), Duration.ofHours(1));
        if (peer.has("dns")) {
            if (name.isEmpty()) {
                dns.problem("name", "is missing: a name that DNS has the addresses of, such as \"backend.prod.svc\"");
            }
            if (node.isEmpty()) {
                dns.problem("node", "is missing: the part of the nodes' names before the @, such as \"backend\"");
            }
            if (name.isPresent() && node.isPresent()) {
                try {
                    NodeName checked = new NodeName(node.get(), name.get());
                    return it -> it.dns(checked.host(), checked.alive(), interval);
                } catch (IllegalArgumentException e) {
                    dns.problem("node", ErlangSettings.sentence(e));
                }
            }
        }
        return it -> it.dns("localhost", "unnamed", interval);
    }

    /// A node has one cookie, even if it belongs to several peers.
    private void shareCookies(String name, Section peer, SequencedSet<String> nodes, Optional<Path> cookie) {
        for (String node : nodes) {
            String other = owners.putIfAbsent(node, name);
            Optional<Path> its = cookies.putIfAbsent(node, cookie);
            if (other != null && !other.equals(name) && !cookie.equals(its)) {
                peer.problem(
                        "cookie-file",
                        "the node " + node + " belongs to the peer " + other + " as well, with another cookie");
            }
        }
    }

    private static Optional<InetSocketAddress> address(Section peer) {
        return peer.string("address").flatMap(text -> {
            int colon = text.lastIndexOf(':');
            try {
                // Unresolved: the host may have an address only later.
                return Optional.of(InetSocketAddress.createUnresolved(
                        text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1))));
            } catch (IllegalArgumentException e) {
                peer.problem("address", "'" + text + "' is not of the form host:port");
                return Optional.empty();
            }
        });
    }
}
