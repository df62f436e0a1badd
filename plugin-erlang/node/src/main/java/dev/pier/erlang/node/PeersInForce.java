package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.transport.TlsUse;
import java.net.InetSocketAddress;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The settings of all peers as they are now, for new connections to their nodes.
///
/// Threads: any.
final class PeersInForce {
    private volatile SequencedMap<String, PeerSettings> peers;

    PeersInForce(SequencedMap<String, PeerSettings> peers) {
        this.peers = peers;
    }

    void replace(SequencedMap<String, PeerSettings> next) {
        peers = next;
    }

    @Nullable
    PeerSettings of(String peer) {
        return peers.get(peer);
    }

    /// Where a node listens, if the settings say so.
    @Nullable
    InetSocketAddress address(NodeName node) {
        for (PeerSettings peer : peers.values()) {
            if (peer.address() != null && peer.nodes().getFirst().equals(node)) {
                return peer.address();
            }
        }
        return null;
    }

    /// Whether a node is connected to without TLS although this node has TLS.
    boolean isPlain(NodeName node) {
        return peers.values().stream().anyMatch(peer -> peer.tls() == TlsUse.OFF && peer.has(node));
    }

    /// All of them, by their names.
    SequencedMap<String, PeerSettings> all() {
        return peers;
    }
}
