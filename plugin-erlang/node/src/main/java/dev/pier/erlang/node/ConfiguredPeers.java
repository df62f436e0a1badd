package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.flight.FlightRecorder;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.handshake.Cookies;
import dev.pier.erlang.link.CallGate;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.node.PeerSettings.Connect;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/// The configured peers of a runtime and the links to their nodes. A node may belong to several peers. The
/// links to nodes that are no peer's any more are closed when their last call has ended.
///
/// Threads: any thread may read and take up settings; the pollers of DNS exchange the nodes of their peers.
final class ConfiguredPeers implements AutoCloseable {
    private static final String GONE = "no peer has this node any more";

    private final LocalNode node;
    private final Cookies cookies;
    private final PeersInForce peers;
    private final HostResolver resolver;
    private final NodePeers own;

    /// Held while peers or their nodes change. Guards all that follows.
    private final Object lock = new Object();

    private final Map<String, DnsPoller> pollers = new LinkedHashMap<>();

    /// The peers of the nodes that applications have opened.
    private final Set<NodePeers> opened = new HashSet<>();

    private Map<String, Cookie> secrets = Map.of();
    private boolean closed;

    /// @param peers replaced by [#take]
    /// @param listeners gives the listener to the calls of a peer
    ConfiguredPeers(
            LocalNode node,
            Cookies cookies,
            PeersInForce peers,
            HostResolver resolver,
            Function<String, CallListener> listeners) {
        this.node = node;
        this.cookies = cookies;
        this.peers = peers;
        this.resolver = resolver;
        this.own = new NodePeers(node::persistentLink, listeners, new OwnLinks());
    }

    /// The peers of the runtime's own node.
    NodePeers own() {
        return own;
    }

    /// Takes up the settings of all peers, and begins to connect to the eager ones. Does not wait for a
    /// connection. Ignored once this is closed.
    ///
    /// @param itsSecrets the cookies of the peers that have one of their own
    void take(SequencedMap<String, PeerSettings> next, Map<String, Cookie> itsSecrets) {
        List<DnsPoller> started = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            peers.replace(next);
            secrets = itsSecrets;
            giveCookies();
            endPollers(next);
            next.forEach((name, peer) -> {
                DnsSettings dns = peer.dns();
                if (dns != null && !pollers.containsKey(name)) {
                    DnsPoller poller = new DnsPoller(name, dns, resolver, new Members(name));
                    pollers.put(name, poller);
                    started.add(poller);
                }
            });
            Set<DnsPoller> fresh = Set.copyOf(started);
            own.take(next, pollers, fresh);
            takeBackCookies();
            opened.forEach(copies -> copies.take(next, pollers, fresh));
            connectEager();
        }
        started.forEach(DnsPoller::start);
    }

    /// Ends the pollers of peers that DNS does not have any more, or otherwise.
    private void endPollers(Map<String, PeerSettings> next) {
        pollers.entrySet().removeIf(entry -> {
            PeerSettings peer = next.get(entry.getKey());
            DnsPoller poller = entry.getValue();
            boolean ended = peer == null || !poller.settings().equals(peer.dns());
            if (ended) {
                poller.close();
            }
            return ended;
        });
    }

    /// Gives the nodes of peers with a cookie of their own that cookie, before anything connects to them.
    private void giveCookies() {
        peers.all().forEach((name, peer) -> {
            Cookie secret = secrets.get(name);
            if (secret != null) {
                peer.nodes().forEach(its -> cookies.put(its, secret));
                links(name).forEach(link -> cookies.put(link.name(), secret));
            }
        });
    }

    /// Takes them back from nodes whose peers have none any more.
    private void takeBackCookies() {
        Set<PeerLink> without = new HashSet<>();
        Set<PeerLink> with = new HashSet<>();
        own.all().keySet().forEach(name -> (secrets.containsKey(name) ? with : without).addAll(links(name)));
        without.removeAll(with);
        without.forEach(link -> cookies.remove(link.name()));
    }

    private List<PeerLink> links(String name) {
        ConfiguredPeer peer = own.find(name);
        return peer == null ? List.of() : peer.group().links();
    }

    private void connectEager() {
        own.all().forEach((name, peer) -> {
            PeerSettings its = peers.of(name);
            if (its != null && its.connect() == Connect.EAGER) {
                peer.group().links().forEach(PeerLink::connect);
            }
        });
    }

    /// The same peers for an opened node, with its own connections.
    ///
    /// @param onClose collects what is to be done when that node is closed
    NodePeers beside(LocalNode its, List<Runnable> onClose) {
        NodePeers copies = new NodePeers(its::link, _ -> CallListener.NONE, new OpenedLinks());
        synchronized (lock) {
            copies.take(peers.all(), pollers, Set.copyOf(pollers.values()));
            opened.add(copies);
        }
        onClose.add(() -> {
            synchronized (lock) {
                opened.remove(copies);
                copies.unfollow(pollers);
            }
        });
        return copies;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            pollers.values().forEach(DnsPoller::close);
        }
    }

    /// Closes a connection once the calls that run have ended, unless a peer has the node again by then.
    private static void leave(PeerLink link, Runnable afterwards) {
        // Not on the thread of the last call, which would wait for a lock.
        link.gate()
                .retire(() -> Thread.ofVirtual().name("erlang-leave-" + link).start(() -> {
                    LastWrites.await(List.of(link));
                    link.rest(GONE);
                    afterwards.run();
                }));
    }

    private final class OwnLinks implements NodePeers.Changes {
        @Override
        public void added(PeerLink link) {
            link.gate().keep();
            link.persistent(true);
            link.gate().observe(FlightRecorder.changes(node.events()));
        }

        @Override
        public void removed(PeerLink link) {
            link.persistent(false);
            link.gate().observe(CallGate.Observer.NONE);
            node.events().forget(link.name(), GONE);
            leave(link, () -> {
                synchronized (lock) {
                    if (!own.uses(link)) {
                        cookies.remove(link.name());
                    }
                }
            });
        }
    }

    /// Those of an opened node, which connect when they are needed.
    private static final class OpenedLinks implements NodePeers.Changes {
        @Override
        public void added(PeerLink link) {
            link.gate().keep();
        }

        @Override
        public void removed(PeerLink link) {
            leave(link, () -> {});
        }
    }

    /// The nodes of one peer, as its poller reports them.
    private final class Members implements DnsPoller.Members {
        private final String peer;

        Members(String peer) {
            this.peer = peer;
        }

        @Override
        public void exchange(Collection<NodeName> nodes, Runnable set) {
            synchronized (lock) {
                Cookie secret = secrets.get(peer);
                if (secret != null) {
                    nodes.forEach(its -> cookies.put(its, secret));
                }
                own.begin(nodes);
                opened.forEach(copies -> copies.begin(nodes));
                set.run();
                own.end();
                opened.forEach(NodePeers::end);
                connectEager();
            }
        }
    }
}
