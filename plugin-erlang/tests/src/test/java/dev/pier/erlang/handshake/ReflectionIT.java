package dev.pier.erlang.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A stranger without the cookie has the names of peers at EPMD, is dialed by this node, and hands this node's
/// challenges from one connection to another.
class ReflectionIT {
    private static final String COOKIE = "reflected";
    private static final String WRONG = "wrong";

    private TestNode node;
    private ScriptedPeer backend;
    private ScriptedPeer other;
    private LogCapture log;

    @BeforeEach
    void start() throws IOException {
        node = TestNode.start(COOKIE);
        backend = ScriptedPeer.named("backend").cookie(WRONG);
        other = ScriptedPeer.named("other").cookie(WRONG);
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        log.close();
        other.close();
        backend.close();
        node.close();
    }

    private PeerLink link(ScriptedPeer peer) {
        return node.node().link(NodeName.parse(peer.nodeName()));
    }

    /// This node dials the peer, which accepts any name.
    private ScriptedConnection dialed(ScriptedPeer peer) {
        node.node().persistentLink(NodeName.parse(peer.nodeName())).connect();
        ScriptedConnection connection = peer.accept();
        connection.expectName();
        connection.sendStatus("ok");
        return connection;
    }

    private static void challenge(ScriptedConnection connection, ScriptedPeer as, int challenge) {
        connection.sendChallenge(as.nodeName(), as.flags(), challenge);
    }

    @Test
    void theChallengeOfTheListenerIsNotAnsweredByTheDialer() {
        try (ScriptedConnection dialed = dialed(backend);
                ScriptedConnection incoming = other.connect(node.name())) {
            incoming.sendName();
            incoming.expectStatus("ok");
            incoming.expectChallenge();
            challenge(dialed, backend, incoming.theirChallenge());
            dialed.expectClosed();
        }
        nobodyIsConnected(backend);
    }

    /// Three connections: the proof for the second is to come from the third.
    @Test
    void theChallengeOfOneDialIsNotAnsweredByAnother() {
        try (ScriptedConnection incoming = other.connect(node.name());
                ScriptedConnection first = dialed(backend);
                ScriptedConnection second = dialed(other)) {
            challenge(first, backend, 1);
            first.expectAnyReply();
            challenge(second, other, first.theirChallenge());
            second.expectClosed();
            nobodyIsConnected(other);

            incoming.sendName();
            incoming.expectStatus("ok");
            incoming.expectChallenge();
            incoming.sendReply(ScriptedConnection.wrongDigest());
            incoming.expectClosed();
        }
        assertThat(link(other).current()).isEmpty();
    }

    private void nobodyIsConnected(ScriptedPeer refused) {
        Await.until("the refusal", () -> link(refused).status().state() == State.REFUSED);
        assertThat(log.warnings("relays handshakes")).singleElement().asString().contains(refused.nodeName());
        assertThat(link(backend).current()).isEmpty();
        assertThat(link(other).current()).isEmpty();
        assertThat(log.text()).doesNotContain(COOKIE);
    }
}
