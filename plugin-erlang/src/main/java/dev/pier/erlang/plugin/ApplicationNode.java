package dev.pier.erlang.plugin;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.jackson.EtfFactory;
import dev.pier.erlang.jackson.EtfMapper;
import dev.pier.erlang.jackson.EtfValueMapper;
import dev.pier.erlang.jackson.JsonOptions;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.PeerLink;
import dev.pier.erlang.rpc.CallListener;
import dev.pier.erlang.rpc.RemotePeer;
import java.util.SequencedMap;

/// The node as one web application sees it. Safe for many threads.
///
/// The connections are everybody's; the mapping of classes is the application's own, because it keeps the classes it
/// has met, and these have to go with the application.
final class ApplicationNode implements ErlangNode {
    private final LocalNode node;
    private final SequencedMap<String, ListedPeer> listed;
    private final DecodeLimits limits;
    private final ValueMapper mapper;

    ApplicationNode(LocalNode node, SequencedMap<String, ListedPeer> listed, DecodeLimits limits) {
        this.node = node;
        this.listed = listed;
        this.limits = limits;
        this.mapper = new EtfValueMapper(
                EtfMapper.builder(EtfFactory.builder().limits(limits).build()).build(), JsonOptions.DEFAULT);
    }

    @Override
    public String name() {
        return node.name().toString();
    }

    @Override
    public Peer peer(String name) {
        ListedPeer peer = listed.get(name);
        if (peer != null) {
            return open(peer);
        }
        if (name.indexOf('@') < 0) {
            throw new IllegalArgumentException("no peer '" + name + "' in erlang.peers, which has " + listed.keySet()
                    + "; and a node name has an @");
        }
        NodeName nodeName = NodeName.parse(name);
        return listed.values().stream()
                .filter(it -> it.link().name().equals(nodeName))
                .findFirst()
                .map(this::open)
                .orElseGet(() -> open(name, node.link(nodeName), CallOptions.DEFAULT, CallListener.NONE));
    }

    private Peer open(ListedPeer peer) {
        return open(peer.name(), peer.link(), peer.options(), peer.metrics());
    }

    private Peer open(String name, PeerLink link, CallOptions options, CallListener calls) {
        return new RemotePeer(name, link, options, mapper, limits, calls);
    }
}
