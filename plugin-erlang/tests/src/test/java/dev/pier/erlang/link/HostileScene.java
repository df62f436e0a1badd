package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.List;

/// A node with a well-behaved peer, for tests in which another peer violates the protocol.
final class HostileScene implements AutoCloseable {
    private static final byte[] NO_COOKIE = atom("");

    private final ErlangPeer erlang;
    private final TestNode node;
    private final Peer good;

    /// Which side opens the connection.
    enum Way {
        PEER_CONNECTS {
            @Override
            ScriptedConnection open(HostileScene scene, ScriptedPeer peer) {
                return peer.connectAndShakeHands(scene.node.name());
            }
        },
        NODE_CONNECTS {
            @Override
            ScriptedConnection open(HostileScene scene, ScriptedPeer peer) {
                scene.link(peer).connect();
                return peer.acceptAndShakeHands();
            }
        };

        abstract ScriptedConnection open(HostileScene scene, ScriptedPeer peer);
    }

    HostileScene(ErlangPeer erlang) throws IOException {
        this(erlang, TestNode.start(erlang.cookie()));
    }

    /// @param node closed with the scene
    HostileScene(ErlangPeer erlang, TestNode node) {
        this.erlang = erlang;
        this.node = node;
        good = node.peer(erlang);
        assertThat(good.ping()).isTrue();
    }

    TestNode node() {
        return node;
    }

    PeerLink link(ScriptedPeer peer) {
        return node.node().link(NodeName.parse(peer.nodeName()));
    }

    /// A connection that the node uses.
    ScriptedConnection open(Way way, ScriptedPeer peer) {
        ScriptedConnection connection = way.open(this, peer);
        Await.until("the connection", () -> link(peer).current().isPresent());
        return connection;
    }

    void awaitEnd(ScriptedPeer peer) {
        Await.until("the end of the connection", () -> link(peer).current().isEmpty());
    }

    /// The well-behaved peer and the registration at EPMD are unharmed.
    void othersWork() {
        assertThat(good.call("lists", "sum", List.of(1, 2, 3)).as(long.class)).isEqualTo(6L);
        assertThat(node.link(erlang).totals().reconnects()).isZero();
        assertThat(TestEpmd.names())
                .contains(node.name().substring(0, node.name().indexOf('@')));
    }

    /// The node answers on this connection: a link to a process that does not exist leads to an exit signal.
    void answers(ScriptedPeer peer, ScriptedConnection connection) {
        connection.sendFrame(FrameBytes.normal(linkTo(peer, missing())));
        assertThat(connection.expectFrame()).endsWith(atom("noproc"));
    }

    /// A process identifier of the node that no process has.
    byte[] missing() {
        return TermBytes.pid(node.name(), 1_000_000, 0, node.node().creation());
    }

    static byte[] linkTo(ScriptedPeer peer, byte[] to) {
        return tuple(integer(1), peer.pid(1), to);
    }

    static byte[] monitorOf(ScriptedPeer peer) {
        return tuple(integer(19), peer.pid(1), atom("nobody"), peer.reference(1));
    }

    static byte[] toName(ScriptedPeer peer, String name) {
        return tuple(integer(6), peer.pid(1), NO_COOKIE, atom(name));
    }

    @Override
    public void close() {
        node.close();
    }
}
