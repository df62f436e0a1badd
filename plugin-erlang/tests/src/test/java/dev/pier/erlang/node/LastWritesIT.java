package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The end of a connection to a peer that has not read all yet.
class LastWritesIT {
    private static final int BYTES = 32 << 10;

    /// So many messages wait besides those that the buffers of the operating system hold.
    private static final int WAITING = 100;

    private ScriptedPeer reader;
    private ScriptedConnection connection;
    private TestNode node;

    @BeforeEach
    void start() throws IOException {
        reader = ScriptedPeer.named("reader").cookie("secret");
        node = TestNode.start("secret");
        connection = reader.connectAndShakeHands(node.name());
        Await.until("the connection", () -> link().current().isPresent());
    }

    @AfterEach
    void stop() {
        node.close();
        connection.close();
        reader.close();
    }

    private PeerLink link() {
        return node.node().link(NodeName.parse(reader.nodeName()));
    }

    /// Sends until messages wait for the peer, which does not read.
    ///
    /// @return how many were sent
    private int fill() {
        int sent = 0;
        try (Mailbox mailbox = node.processes().mailbox()) {
            while (link().current().orElseThrow().connection().queueDepth() < WAITING) {
                mailbox.send("anywhere", reader.nodeName(), new byte[BYTES]);
                sent++;
            }
        }
        return sent;
    }

    /// Reads to the end of the connection.
    private int framesUntilEnd() {
        int frames = 0;
        while (connection.frameOrEnd().isPresent()) {
            frames++;
        }
        return frames;
    }

    @Test
    void aNodeWritesWhatIsQueuedBeforeItCloses() throws InterruptedException {
        int sent = fill();
        Thread closing = Thread.ofPlatform().start(node::close);
        assertThat(framesUntilEnd()).isEqualTo(sent);
        closing.join();
    }

    @Test
    void aConnectionIsEndedOnceWhatIsQueuedIsWritten() throws InterruptedException {
        int sent = fill();
        Thread ending = Thread.ofPlatform().start(() -> node.runtime().disconnect(reader.nodeName()));
        assertThat(framesUntilEnd()).isEqualTo(sent);
        ending.join();
    }

    @Test
    void aPeerThatDoesNotReadDoesNotKeepANodeFromClosing() throws InterruptedException {
        int sent = fill();
        Thread closing = Thread.ofPlatform().start(node::close);
        assertThat(closing.join(Duration.ofSeconds(30))).isTrue();
        assertThat(framesUntilEnd()).isLessThan(sent);
    }
}
