package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.flight.FlightRecorder;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.link.CallGate;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.PeerSettings.Connect;
import dev.pier.erlang.peer.PeerGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The configured peers of a runtime and the links to their nodes. A node may belong to several peers.
///
/// Threads: one opens the peers; then the pollers of DNS exchange their nodes, each those of its peer.
final class ConfiguredPeers implements AutoCloseable {
    private static final String GONE = "DNS does not have its address any more";

    private final LocalNode node;
    private final Cookies cookies;
    private final SequencedMap<String, ConfiguredPeer> peers = new LinkedHashMap<>();
    private final Map<String, DnsPoller> pollers = new LinkedHashMap<>();

    /// Links to nodes that DNS does not have any more, until they are closed.
    private final Set<PeerLink> leaving = ConcurrentHashMap.newKeySet();

    /// Held while a node comes or goes.
    private final Object lock = new Object();

    ConfiguredPeers(LocalNode node, Cookies cookies) {
        this.node = node;
        this.cookies = cookies;
    }

    SequencedMap<String, ConfiguredPeer> all() {
        return peers;
    }

    /// Makes the peers, and begins to connect to the eager ones.
    ///
    /// @param secrets the cookies of the peers that have one of their own
    void open(
            SequencedMap<String, PeerSettings> settings,
            Map<String, Cookie> secrets,
            HostResolver resolver,
            Function<String, CallListener> listeners) {
        settings.forEach((name, peer) -> {
            Cookie secret = secrets.get(name);
            if (secret != null) {
                peer.nodes().forEach(its -> cookies.put(its, secret));
            }
            CallListener calls = listeners.apply(name);
            peers.put(name, new ConfiguredPeer(group(name, peer, secret, resolver), peer.options(), calls));
        });
        settings.forEach((name, peer) -> {
            if (peer.connect() == Connect.EAGER && peer.dns() == null) {
                peer.nodes().forEach(its -> node.persistentLink(its).connect());
            }
        });
        pollers.values().forEach(DnsPoller::start);
    }

    private PeerGroup group(String name, PeerSettings peer, @Nullable Cookie secret, HostResolver resolver) {
        DnsSettings dns = peer.dns();
        if (dns == null) {
            return PeerGroup.of(
                    name, peer.balance(), peer.nodes().stream().map(this::keep).toList());
        }
        DnsPoller poller = new DnsPoller(name, dns, resolver, new Members(peer, secret));
        PeerGroup group = PeerGroup.asked(name, peer.balance(), poller.problem());
        poller.follow(group, node::persistentLink);
        pollers.put(name, poller);
        return group;
    }

    private PeerLink keep(NodeName name) {
        PeerLink link = node.persistentLink(name);
        link.persistent(true);
        link.gate().observe(FlightRecorder.changes(node.events()));
        return link;
    }

    /// The same peers for an opened node, with its own connections.
    ///
    /// @param onClose collects what is to be done when that node is closed
    SequencedMap<String, ConfiguredPeer> beside(LocalNode opened, List<Runnable> onClose) {
        SequencedMap<String, ConfiguredPeer> copies = new LinkedHashMap<>();
        peers.forEach((name, peer) -> {
            PeerGroup group = peer.group();
            DnsPoller poller = pollers.get(name);
            PeerGroup copy;
            if (poller == null) {
                copy = PeerGroup.of(
                        name,
                        group.balance(),
                        group.links().stream()
                                .map(link -> opened.link(link.name()))
                                .toList());
            } else {
                copy = PeerGroup.asked(name, group.balance(), poller.problem());
                poller.follow(copy, opened::link);
                onClose.add(() -> poller.unfollow(copy));
            }
            copies.put(name, new ConfiguredPeer(copy, peer.options(), CallListener.NONE));
        });
        return copies;
    }

    @Override
    public void close() {
        pollers.values().forEach(DnsPoller::close);
    }

    /// The nodes of one peer, as its poller reports them.
    private final class Members implements DnsPoller.Members {
        private final PeerSettings peer;
        private final @Nullable Cookie secret;

        Members(PeerSettings peer, @Nullable Cookie secret) {
            this.peer = peer;
            this.secret = secret;
        }

        @Override
        public void added(NodeName name) {
            synchronized (lock) {
                if (secret != null) {
                    cookies.put(name, secret);
                }
                PeerLink link = keep(name);
                leaving.remove(link);
                if (peer.connect() == Connect.EAGER) {
                    link.connect();
                }
            }
        }

        @Override
        public void removed(NodeName name) {
            synchronized (lock) {
                PeerLink link = node.persistentLink(name);
                boolean used = peers.values().stream()
                        .anyMatch(it -> it.group().links().contains(link));
                if (!used) {
                    link.persistent(false);
                    link.gate().observe(CallGate.Observer.NONE);
                    node.events().forget(name, GONE);
                    leaving.add(link);
                }
            }
        }

        @Override
        public void tidy() {
            List<PeerLink> idle;
            synchronized (lock) {
                List<PeerLink> closed =
                        leaving.stream().filter(PeerLink::isForgettable).toList();
                closed.forEach(link -> {
                    cookies.remove(link.name());
                    leaving.remove(link);
                });
                idle = leaving.stream()
                        .filter(link -> link.gate().running() == 0)
                        .toList();
            }
            idle.forEach(link -> link.current().ifPresent(session -> session.close(GONE)));
        }
    }
}
