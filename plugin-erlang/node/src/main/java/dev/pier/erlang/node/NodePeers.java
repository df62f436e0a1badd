package dev.pier.erlang.node;

import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.peer.PeerGroup;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The configured peers as one node of a runtime has them. A peer that was removed stays known, because
/// applications may hold it: its calls fail, and succeed again if it comes back.
///
/// A link is kept before a peer has it and given up after the last peer has lost it, so that no call finds it
/// closed.
///
/// Threads: any thread may read; changes are guarded by the lock of [ConfiguredPeers].
final class NodePeers {
    private final Function<NodeName, PeerLink> links;
    private final Function<String, CallListener> listeners;
    private final Changes changes;
    private final Map<String, ConfiguredPeer> known = new ConcurrentHashMap<>();
    private final Set<PeerLink> used = new HashSet<>();
    private volatile SequencedMap<String, ConfiguredPeer> all = new LinkedHashMap<>();

    /// Is told which links begin and cease to be those of a peer.
    interface Changes {
        void added(PeerLink link);

        void removed(PeerLink link);
    }

    /// @param links gives the link to a node
    /// @param listeners gives the listener to the calls of a peer
    NodePeers(Function<NodeName, PeerLink> links, Function<String, CallListener> listeners, Changes changes) {
        this.links = links;
        this.listeners = listeners;
        this.changes = changes;
    }

    /// The peers of the configuration, in its order.
    SequencedMap<String, ConfiguredPeer> all() {
        return Collections.unmodifiableSequencedMap(all);
    }

    /// A peer that the configuration has or had.
    @Nullable
    ConfiguredPeer find(String name) {
        return known.get(name);
    }

    /// Takes up the settings of all peers. A peer by DNS gets its nodes from its poller.
    ///
    /// @param pollers of the peers by DNS
    /// @param fresh those that this node does not follow yet
    void take(SequencedMap<String, PeerSettings> settings, Map<String, DnsPoller> pollers, Set<DnsPoller> fresh) {
        settings.values().forEach(peer -> begin(peer.nodes()));
        SequencedMap<String, ConfiguredPeer> next = new LinkedHashMap<>();
        settings.forEach((name, peer) -> {
            ConfiguredPeer former = known.get(name);
            DnsPoller poller = pollers.get(name);
            PeerGroup group = former != null
                    ? former.group()
                    : poller == null
                            ? PeerGroup.of(name, peer.balance(), List.of())
                            : PeerGroup.asked(name, peer.balance(), poller.problem());
            group.configure(peer.balance(), peer.options());
            if (poller == null) {
                List<PeerLink> nodes = peer.nodes().stream().map(links).toList();
                // A peer whose nodes stay is not touched.
                if (!nodes.equals(group.links()) || !group.problem().isEmpty()) {
                    group.set(nodes, "");
                }
            } else if (fresh.contains(poller)) {
                if (former != null && group.links().isEmpty()) {
                    group.set(List.of(), poller.problem());
                }
                poller.follow(group, links);
            }
            ConfiguredPeer configured = former != null ? former : new ConfiguredPeer(group, listeners.apply(name));
            known.put(name, configured);
            next.put(name, configured);
        });
        Map<String, ConfiguredPeer> before = all;
        all = next;
        before.forEach((name, peer) -> {
            if (!next.containsKey(name)) {
                peer.group().set(List.of(), whyRemoved(name));
            }
        });
        end();
    }

    private static String whyRemoved(String name) {
        return "the peer was removed from the configuration; add it again (erlang.peers." + name
                + ") or use another one";
    }

    /// Prepares the links to nodes, before a peer has them.
    void begin(Collection<NodeName> nodes) {
        for (NodeName node : nodes) {
            PeerLink link = links.apply(node);
            if (used.add(link)) {
                changes.added(link);
            }
        }
    }

    /// Gives up the links that no peer has any more.
    void end() {
        Set<PeerLink> now = all.values().stream()
                .flatMap(peer -> peer.group().links().stream())
                .collect(Collectors.toSet());
        used.removeIf(link -> {
            boolean gone = !now.contains(link);
            if (gone) {
                changes.removed(link);
            }
            return gone;
        });
    }

    /// Whether a link is that of a peer.
    boolean uses(PeerLink link) {
        return used.contains(link);
    }

    /// Lets the peers follow DNS no longer.
    void unfollow(Map<String, DnsPoller> pollers) {
        pollers.forEach((name, poller) -> {
            ConfiguredPeer peer = known.get(name);
            if (peer != null) {
                poller.unfollow(peer.group());
            }
        });
    }
}
