package dev.pier.erlang.conformance.links;

import static dev.pier.erlang.conformance.ScriptedScene.receive;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.ScriptedScene;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.TermBytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The link protocol with a scripted peer: late signals, and signals that cross each other.
class LinkProtocolIT {
    private ScriptedScene scene;
    private Mailbox mailbox;
    private byte[] ours;

    @BeforeEach
    void connect() throws IOException {
        scene = ScriptedScene.modern();
        mailbox = scene.node().processes().mailbox();
        ours = TermBytes.pid(mailbox.self());
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private byte[] theirs() {
        return scene.peer().pid(1);
    }

    @Test
    @Says(in = Section.LINKS, value = "UNLINK_ID_ACK precedes every other signal to the sender of UNLINK_ID.")
    void anUnlinkIsAcknowledgedBeforeAnythingElse() {
        scene.send(tuple(integer(1), theirs(), ours));
        scene.send(tuple(integer(35), integer(7), theirs(), ours));
        scene.expect(tuple(integer(36), integer(7), ours, theirs()));
        mailbox.end(Atom.of("not_sent"));
        scene.expectNothing();
    }

    @Test
    void anUnlinkFromAnEndedProcessIsAcknowledged() {
        scene.send(tuple(integer(1), theirs(), ours));
        scene.expectNothing();
        mailbox.close();
        scene.expect(tuple(integer(24), ours, theirs()), atom("normal"));
        scene.send(tuple(integer(35), integer(7), theirs(), ours));
        scene.expect(tuple(integer(36), integer(7), ours, theirs()));
    }

    @Test
    @Says(in = Section.LINKS, value = "A LINK for an active process link is ignored.")
    void twoLinksGiveOneExitSignal() {
        scene.send(tuple(integer(1), theirs(), ours));
        scene.send(tuple(integer(1), theirs(), ours));
        scene.expectNothing();
        mailbox.end(Atom.of("bye"));
        scene.expect(tuple(integer(24), ours, theirs()), atom("bye"));
        scene.expectNothing();
    }

    @Test
    @Says(
            in = Section.LINKS,
            value = "A LINK that is received before the acknowledgement of an unlink does not activate the process"
                    + " link.")
    @Says(in = Section.LINKS, value = "An exit signal over an inactive process link is ignored.")
    @Says(
            in = Section.LINKS,
            value = "A LINK that is sent before the acknowledgement of an unlink activates the process link.")
    void signalsThatCrossAnUnlinkAreIgnored() {
        mailbox.trapExit(true);
        Pid other = scene.peerPid(1);

        mailbox.link(other);
        scene.expect(tuple(integer(1), ours, theirs()));
        mailbox.unlink(other);
        scene.expect(tuple(integer(35), integer(1), ours, theirs()));
        scene.send(tuple(integer(1), theirs(), ours));
        scene.send(tuple(integer(36), integer(1), theirs(), ours));
        scene.send(tuple(integer(24), theirs(), ours), atom("of_no_link"));
        scene.expectNothing();
        assertThat(mailbox.size()).isZero();

        mailbox.link(other);
        scene.expect(tuple(integer(1), ours, theirs()));
        mailbox.unlink(other);
        scene.expect(tuple(integer(35), integer(2), ours, theirs()));
        mailbox.link(other);
        scene.expect(tuple(integer(1), ours, theirs()));
        scene.send(tuple(integer(36), integer(2), theirs(), ours));
        scene.send(tuple(integer(24), theirs(), ours), atom("of_the_new_link"));
        assertThat(receive(mailbox).exit()).contains(new Message.Exit(other, Atom.of("of_the_new_link")));
    }

    @Test
    void aLinkBreaksOnceAndOnlyForItsProcess() {
        mailbox.trapExit(true);
        scene.send(tuple(integer(1), theirs(), ours));
        scene.send(tuple(integer(3), theirs(), ours, atom("broke")));
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("broke"));
        scene.send(tuple(integer(3), theirs(), ours, atom("again")));
        scene.send(tuple(integer(24), scene.peer().pid(2), ours), atom("never_linked"));
        scene.expectNothing();
        assertThat(mailbox.size()).isZero();
    }

    @Test
    @Says(in = Section.LINKS, value = "A lost connection ends its process links with noconnection.")
    void aLostConnectionBreaksItsLinks() {
        mailbox.trapExit(true);
        scene.send(tuple(integer(1), theirs(), ours));
        scene.send(tuple(integer(19), theirs(), ours, scene.peer().reference(1)));
        scene.expectNothing();
        scene.connection().close();
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("noconnection"));
        mailbox.close();
    }

    /// The reader of the old connection may report its loss before or after the new link arrives.
    @Test
    void aLinkOverANewConnectionReplacesTheOneOverTheOld() {
        mailbox.trapExit(true);
        scene.send(tuple(integer(1), theirs(), ours));
        scene.expectNothing();
        try (ScriptedConnection second = scene.peer().connect(scene.node().name())) {
            second.sendName();
            second.expectStatus("alive");
            second.sendStatus("true");
            second.expectChallenge();
            second.sendReply();
            second.sendFrame(FrameBytes.normal(tuple(integer(1), theirs(), ours)));
            second.expectAck();
            assertThat(receive(mailbox).exit()).contains(new Message.Exit(scene.peerPid(1), Atom.of("noconnection")));
            second.sendFrame(FrameBytes.normal(tuple(integer(22), theirs(), ours), atom("linked")));
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("linked"));
            mailbox.end(Atom.of("bye"));
            assertThat(second.expectFrame())
                    .isEqualTo(FrameBytes.normal(tuple(integer(24), ours, theirs()), atom("bye")));
        }
    }

    /// Threads that link and unlink at once: each change sends one signal, and the signals arrive in the order of
    /// the changes, so that LINK and UNLINK_ID alternate.
    @Test
    void signalsArriveInTheOrderOfTheChanges() throws Exception {
        int threads = 4;
        int rounds = 250;
        Pid other = scene.peerPid(1);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < threads; i++) {
                workers.execute(() -> {
                    for (int round = 0; round < rounds; round++) {
                        mailbox.link(other);
                        mailbox.unlink(other);
                    }
                });
            }
        }
        mailbox.send(other, Atom.of("done"));
        byte[] link = FrameBytes.normal(tuple(integer(1), ours, theirs()));
        byte[] done = FrameBytes.normal(tuple(integer(22), ours, theirs()), atom("done"));
        int unlinks = 0;
        for (byte[] frame = scene.connection().expectFrame();
                !Arrays.equals(frame, done);
                frame = scene.connection().expectFrame()) {
            assertThat(frame).isEqualTo(link);
            unlinks++;
            scene.expect(tuple(integer(35), integer(unlinks), ours, theirs()));
        }
        assertThat(unlinks).isBetween(1, threads * rounds);
    }
}
