package dev.pier.erlang.conformance.control;

import static dev.pier.erlang.conformance.ScriptedScene.receive;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.ScriptedScene;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The signals of links, monitors and exits towards peers that offer different flags: each peer gets only the forms
/// that it offers.
class PeerFlagsIT {
    private static final long MONITORS = DistFlags.DIST_MONITOR | DistFlags.DIST_MONITOR_NAME;

    /// What a peer offers.
    enum Offer {
        MANDATORY_25(DistFlags.MANDATORY_25, false, false, false),
        MANDATORY_26(DistFlags.MANDATORY_26, false, false, true),
        JINTERFACE(0x407070f94L, false, false, true),
        DIST_MONITOR_ONLY(DistFlags.MANDATORY_26 | DistFlags.DIST_MONITOR, false, false, true),
        DIST_MONITOR_NAME_ONLY(DistFlags.MANDATORY_26 | DistFlags.DIST_MONITOR_NAME, false, false, true),
        MONITORS_ONLY(DistFlags.MANDATORY_26 | MONITORS, true, false, true),
        PAYLOAD_ONLY(DistFlags.MANDATORY_26 | DistFlags.EXIT_PAYLOAD, false, true, true),
        NO_PAYLOAD(ScriptedPeer.MODERN_FLAGS & ~DistFlags.EXIT_PAYLOAD, true, false, true),
        NO_UNLINK_ID(
                (ScriptedPeer.MODERN_FLAGS & ~DistFlags.UNLINK_ID & ~DistFlags.MANDATORY_25_DIGEST)
                        | DistFlags.MANDATORY_25,
                true,
                true,
                false),
        NO_MONITORS(ScriptedPeer.MODERN_FLAGS & ~MONITORS, false, true, true),
        MODERN(ScriptedPeer.MODERN_FLAGS, true, true, true);

        private final long flags;
        private final boolean monitors;
        private final boolean exitPayload;
        private final boolean unlinkId;

        Offer(long flags, boolean monitors, boolean exitPayload, boolean unlinkId) {
            this.flags = flags;
            this.monitors = monitors;
            this.exitPayload = exitPayload;
            this.unlinkId = unlinkId;
        }
    }

    /// The reason as payload, or as the last element of the control message.
    private static void expectWithReason(
            ScriptedScene scene, boolean payload, byte[] withPayload, byte[] withReason, byte[] reason) {
        if (payload) {
            scene.expect(withPayload, reason);
        } else {
            scene.expect(withReason);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Says(
            in = Section.FLAGS,
            value = "A peer without DFLAG_DIST_MONITOR and DFLAG_DIST_MONITOR_NAME is sent no monitor, and no DOWN.")
    void monitors(Offer offer) throws IOException {
        try (ScriptedScene scene = ScriptedScene.withFlags(offer.flags)) {
            Mailbox mailbox = scene.node().processes().mailbox();
            byte[] ours = TermBytes.pid(mailbox.self());
            Pid other = scene.peerPid(1);
            byte[] theirs = scene.peer().pid(1);
            if (offer.monitors) {
                Reference monitor = mailbox.monitor(other);
                byte[] reference = TermBytes.reference(monitor);
                scene.expect(tuple(integer(19), ours, theirs, reference));
                mailbox.demonitor(monitor);
                scene.expect(tuple(integer(20), ours, theirs, reference));
            } else {
                UnsupportedByPeer refused = catchThrowableOfType(UnsupportedByPeer.class, () -> mailbox.monitor(other));
                assertThat(refused).hasMessageContainingAll(scene.peer().nodeName(), "DFLAG_DIST_MONITOR");
                assertThat(refused.maybeExecuted()).isFalse();
                UnsupportedByPeer byName = catchThrowableOfType(
                        UnsupportedByPeer.class,
                        () -> mailbox.monitor("name", scene.peer().nodeName()));
                assertThat(byName).hasMessageContaining("DFLAG_DIST_MONITOR");
            }
            scene.expectNothing();

            byte[] reference = scene.peer().reference(1);
            scene.send(tuple(integer(19), theirs, ours, reference));
            scene.send(tuple(integer(2), atom(""), ours), atom("monitored"));
            assertThat(receive(mailbox).term()).isEqualTo(Atom.of("monitored"));
            mailbox.end(Atom.of("bye"));
            if (offer.monitors) {
                expectWithReason(
                        scene,
                        offer.exitPayload,
                        tuple(integer(28), ours, theirs, reference),
                        tuple(integer(21), ours, theirs, reference, atom("bye")),
                        atom("bye"));
            }
            scene.expectNothing();
            assertThat(scene.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Says(in = Section.FLAGS, value = "A peer without DFLAG_EXIT_PAYLOAD gets exit reasons inside the control message.")
    void exits(Offer offer) throws IOException {
        try (ScriptedScene scene = ScriptedScene.withFlags(offer.flags)) {
            Mailbox mailbox = scene.node().processes().mailbox();
            byte[] ours = TermBytes.pid(mailbox.self());
            byte[] theirs = scene.peer().pid(1);
            mailbox.exit(scene.peerPid(1), Atom.of("go"));
            expectWithReason(
                    scene,
                    offer.exitPayload,
                    tuple(integer(26), ours, theirs),
                    tuple(integer(8), ours, theirs, atom("go")),
                    atom("go"));

            scene.send(tuple(integer(1), theirs, ours));
            scene.expectNothing();
            mailbox.end(Atom.of("bye"));
            expectWithReason(
                    scene,
                    offer.exitPayload,
                    tuple(integer(24), ours, theirs),
                    tuple(integer(3), ours, theirs, atom("bye")),
                    atom("bye"));

            scene.send(tuple(integer(1), theirs, ours));
            expectWithReason(
                    scene,
                    offer.exitPayload,
                    tuple(integer(24), ours, theirs),
                    tuple(integer(3), ours, theirs, atom("noproc")),
                    atom("noproc"));
            scene.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Says(in = Section.FLAGS, value = "A peer without DFLAG_UNLINK_ID gets UNLINK, and no acknowledgements.")
    void unlinks(Offer offer) throws IOException {
        try (ScriptedScene scene = ScriptedScene.withFlags(offer.flags)) {
            Mailbox mailbox = scene.node().processes().mailbox();
            byte[] ours = TermBytes.pid(mailbox.self());
            byte[] theirs = scene.peer().pid(1);
            mailbox.link(scene.peerPid(1));
            scene.expect(tuple(integer(1), ours, theirs));
            mailbox.unlink(scene.peerPid(1));
            scene.expect(
                    offer.unlinkId ? tuple(integer(35), integer(1), ours, theirs) : tuple(integer(4), ours, theirs));

            scene.send(tuple(integer(1), scene.peer().pid(2), ours));
            scene.send(tuple(integer(35), integer(7), scene.peer().pid(2), ours));
            if (offer.unlinkId) {
                scene.expect(tuple(integer(36), integer(7), ours, scene.peer().pid(2)));
            }
            scene.expectNothing();
            mailbox.end(Atom.of("not_sent"));
            scene.expectNothing();
        }
    }
}
