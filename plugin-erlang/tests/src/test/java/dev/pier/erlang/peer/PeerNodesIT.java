package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Balance;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.process.EndlessUses;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A peer that is a group of nodes.
class PeerNodesIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    private static RemotePeer group(TestNode node) {
        PeerGroup nodes = PeerGroup.of("group", Balance.FIRST, List.of(node.link(first), node.link(second)));
        nodes.configure(Balance.FIRST, new CallOptions(Duration.ofSeconds(10)));
        return new RemotePeer(
                nodes,
                node.node().processes(),
                new EtfValueMapper(),
                DecodeLimits.DEFAULT,
                CallListener.NONE,
                new EndlessUses());
    }

    @Test
    void eachNodeCanBeCalledAndHasAStatus() throws IOException {
        try (TestNode node = TestNode.start(first.cookie())) {
            Peer group = group(node);
            assertThat(group.nodes()).extracting(PeerStatus::node).containsExactly(first.nodeName(), second.nodeName());
            assertThat(group.nodes()).noneMatch(PeerStatus::isConnected);

            Peer onSecond = group.on(second.nodeName());
            assertThat(onSecond.call("erlang", "node").as(String.class)).isEqualTo(second.nodeName());
            assertThat(onSecond.nodeName()).isEqualTo(second.nodeName());
            assertThat(onSecond.nodes()).extracting(PeerStatus::node).containsExactly(second.nodeName());
            assertThat(group.nodes()).extracting(PeerStatus::isConnected).containsExactly(false, true);
            assertThat(group.status().node()).isEqualTo(second.nodeName());

            // The call goes to the connected node, and has the other one connected.
            assertThat(group.call("erlang", "node").as(String.class)).isEqualTo(second.nodeName());
            Await.until("the first node", () -> group.nodes().getFirst().isConnected());
            assertThat(group.call("erlang", "node").as(String.class)).isEqualTo(first.nodeName());
            assertThat(group.status().node()).isEqualTo(first.nodeName());
            assertThat(group.on(first.nodeName()).with(CallOptions.DEFAULT).ping())
                    .isTrue();
        }
    }

    @Test
    void aNodeOfAnotherPeerIsRefused() throws IOException {
        try (TestNode node = TestNode.start(first.cookie())) {
            assertThatThrownBy(() -> group(node).on("other@host"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'other@host' is not a node of the peer group: its nodes are [" + first.nodeName()
                            + ", " + second.nodeName() + "]");
        }
    }
}
