package dev.pier.erlang.link;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A peer that connects for each call under one name, as `erl_call` and programs in C do.
class ReconnectingPeerIT {
    private static final String COOKIE = "reconnecting";
    private static final int ROUNDS = 2_000;

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private TestNode node;
    private ScriptedPeer peer;
    private LogCapture log;

    @BeforeEach
    void start() throws IOException {
        log = LogCapture.begin();
        node = TestNode.start(COOKIE);
        node.runtime().expose("m", "echo", 1, arguments -> arguments.terms().getFirst());
        node.runtime().expose("m", "late", 1, arguments -> {
            started.countDown();
            release.await();
            return arguments.terms().getFirst();
        });
        peer = ScriptedPeer.named("caller").cookie(COOKIE);
    }

    @AfterEach
    void stop() {
        release.countDown();
        peer.close();
        node.close();
        log.close();
    }

    /// A call by the legacy `rex` protocol, without a monitor.
    private void call(ScriptedConnection connection, String function, int argument) {
        byte[] control = tuple(integer(6), peer.pid(1), atom(""), atom("rex"));
        byte[] request = tuple(atom("call"), atom("m"), atom(function), list(integer(argument)), atom("user"));
        connection.sendFrame(FrameBytes.normal(control, tuple(peer.pid(1), request)));
    }

    private static byte[] answer(int value) {
        return tuple(atom("rex"), integer(value));
    }

    @Test
    void noConnectionIsRefusedAndNoAnswerIsLost() {
        for (int round = 0; round < ROUNDS; round++) {
            try (ScriptedConnection connection = peer.connect(node.port())) {
                connection.initiateHandshake(Step.ACK);
                call(connection, "echo", round);
                assertThat(connection.expectFrame()).as("round %d", round).endsWith(answer(round));
            }
        }
        assertThat(log.warnings("")).isEmpty();
    }

    @Test
    void anAnswerGoesToTheConnectionThatBroughtItsRequest() throws InterruptedException {
        try (ScriptedConnection first = peer.connectAndShakeHands(node.name())) {
            call(first, "late", 1);
            started.await();
        }
        try (ScriptedConnection second = peer.connect(node.port())) {
            second.initiateHandshake(Step.ACK);
            release.countDown();
            Await.until("the end of the first call", () -> log.text().contains("Discarded an answer of rex"));
            call(second, "echo", 2);
            assertThat(second.expectFrame()).endsWith(answer(2));
        }
        assertThat(log.warnings("")).isEmpty();
    }

    /// An answer does not connect to a caller that has gone.
    @Test
    void aCallerThatHasGoneIsNotDialed() throws InterruptedException {
        try (ScriptedConnection connection = peer.connectAndShakeHands(node.name())) {
            call(connection, "late", 1);
            started.await();
        }
        PeerLink link = node.node().link(NodeName.parse(peer.nodeName()));
        Await.until("the end of the connection", () -> link.current().isEmpty());
        release.countDown();
        Await.until("the end of the call", () -> log.text().contains("Discarded an answer of rex"));
        assertThat(link.isForgettable()).as("it does not connect").isTrue();
    }
}
