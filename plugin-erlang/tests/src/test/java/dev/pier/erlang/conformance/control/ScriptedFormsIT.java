package dev.pier.erlang.conformance.control;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Reply;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.ScriptedScene;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The control messages that no real node sends to Pier: obsolete forms, forms that only the document has, and those
/// of OTP 28, which Pier does not offer. The peer is scripted.
class ScriptedFormsIT {
    private static final Atom BYE = Atom.of("bye");

    /// All flags but UNLINK_ID, as before OTP 23.3.
    private static final long NO_UNLINK_ID =
            (ScriptedPeer.MODERN_FLAGS & ~DistFlags.UNLINK_ID & ~DistFlags.MANDATORY_25_DIGEST)
                    | DistFlags.MANDATORY_25;

    /// Monitors, and no EXIT_PAYLOAD, as before OTP 22.
    private static final long NO_EXIT_PAYLOAD = ScriptedPeer.MODERN_FLAGS & ~DistFlags.EXIT_PAYLOAD;

    private ScriptedScene scene;
    private ScriptedPeer peer;
    private Mailbox ours;

    @BeforeEach
    void open() throws IOException {
        connect(ScriptedPeer.MODERN_FLAGS);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /// Replaces the scene by one with a peer that offers these flags.
    private void reconnect(long flags) throws IOException {
        scene.close();
        connect(flags);
    }

    private void connect(long flags) throws IOException {
        scene = ScriptedScene.withFlags(flags);
        peer = scene.peer();
        ours = scene.node().processes().mailbox(TestHost.uniqueName("ours"));
        ours.trapExit(true);
    }

    private void send(byte[] control) {
        scene.send(control);
    }

    private void send(byte[] control, byte[] payload) {
        scene.send(control, payload);
    }

    private void expect(byte[] control) {
        scene.expect(control);
    }

    private byte[] us() {
        return TermBytes.pid(ours.self());
    }

    private Pid them() {
        return scene.peerPid(1);
    }

    private Message receive() {
        return ScriptedScene.receive(ours);
    }

    private void expectExit(String reason) {
        assertThat(receive().exit().orElseThrow().reason()).isEqualTo(Atom.of(reason));
    }

    @Test
    @Says(in = Section.CONTROL, value = "4 UNLINK by the peer: obsolete; still removes the process link.")
    @Says(in = Section.CONTROL, value = "4 UNLINK by Pier: only to a node without DFLAG_UNLINK_ID.")
    void theObsoleteUnlink() throws IOException {
        reconnect(NO_UNLINK_ID);
        ours.link(them());
        expect(tuple(integer(1), us(), peer.pid(1)));
        ours.unlink(them());
        expect(tuple(integer(4), us(), peer.pid(1)));
        send(tuple(integer(1), peer.pid(2), us()));
        send(tuple(integer(4), peer.pid(2), us()));
        send(tuple(integer(3), peer.pid(2), us(), atom("of_no_link")));
        send(tuple(integer(22), peer.pid(2), us()), atom("after"));
        assertThat(receive().term()).isEqualTo(Atom.of("after"));
    }

    @Test
    @Says(in = Section.CONTROL, value = "5 NODE_LINK: no node sends it; it ends the connection, as in Erlang.")
    void aNodeLinkEndsTheConnection() {
        try (LogCapture log = LogCapture.begin()) {
            send(tuple(integer(5)));
            scene.connection().expectClosed();
            Await.asserted(
                    "the warning",
                    () -> assertThat(log.warnings("control message 5")).hasSize(1));
        }
    }

    @Test
    @Says(in = Section.CONTROL, value = "13 EXIT_TT by the peer: EXIT with a trace token.")
    @Says(in = Section.CONTROL, value = "18 EXIT2_TT by the peer: EXIT2 with a trace token; Erlang does not send it.")
    @Says(in = Section.CONTROL, value = "27 PAYLOAD_EXIT2_TT by the peer: replaces EXIT2_TT; Erlang does not send it.")
    void exitSignalsWithATraceToken() {
        send(tuple(integer(1), peer.pid(1), us()));
        send(tuple(integer(13), peer.pid(1), us(), nil(), atom("op_13")));
        expectExit("op_13");
        send(tuple(integer(18), peer.pid(1), us(), nil(), atom("op_18")));
        expectExit("op_18");
        send(tuple(integer(27), peer.pid(1), us(), nil()), atom("op_27"));
        expectExit("op_27");
    }

    @Test
    @Says(in = Section.CONTROL, value = "21 MONITOR_P_EXIT by the peer: reports the end of a monitored process.")
    @Says(in = Section.CONTROL, value = "21 MONITOR_P_EXIT by Pier: to a node without DFLAG_EXIT_PAYLOAD.")
    void theOlderDown() throws IOException {
        reconnect(NO_EXIT_PAYLOAD);
        Reference monitor = ours.monitor(them());
        expect(tuple(integer(19), us(), peer.pid(1), TermBytes.reference(monitor)));
        send(tuple(integer(21), peer.pid(1), us(), TermBytes.reference(monitor), atom("bye")));
        assertThat(receive().down()).contains(new Message.Down(monitor, them(), BYE));

        send(tuple(integer(19), peer.pid(1), us(), peer.reference(1)));
        send(tuple(integer(22), peer.pid(1), us()), atom("monitored"));
        receive();
        ours.end(BYE);
        expect(tuple(integer(21), us(), peer.pid(1), peer.reference(1), atom("bye")));
    }

    @Test
    @Says(in = Section.CONTROL, value = "32 SPAWN_REPLY_TT by the peer: SPAWN_REPLY with a trace token.")
    void theAnswerToASpawnWithATraceToken() throws IOException {
        CompletableFuture<Reply> call = scene.node()
                .peer(scene.node().node().link(NodeName.parse(peer.nodeName())))
                .callAsync("any", "function");
        FrameDecoder decoder =
                new FrameDecoder(new Capabilities(peer.flags()), DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        // The first spawn looks up the group leader.
        for (int i = 1; i <= 2; i++) {
            byte[] frame = scene.connection().expectFrame();
            ControlMessage control = ((Frame.Message) decoder.decode(frame, 0, frame.length)).control();
            ControlMessage.SpawnRequest request = (ControlMessage.SpawnRequest) control;
            byte[] id = TermBytes.reference(request.requestId());
            byte[] caller = TermBytes.pid(request.from());
            send(tuple(integer(32), id, caller, integer(2), peer.pid(i), nil()));
            send(tuple(integer(28), peer.pid(i), caller, id), tuple(id, atom("return"), peer.pid(1)));
        }
        assertThat(Await.result("the call", call).term()).isEqualTo(them());
    }

    @Test
    @Says(
            in = Section.CONTROL,
            value = "34 ALIAS_SEND_TT by the peer: a message to a reference that is not an alias is dropped.")
    @Says(in = Section.CONTROL, value = "37 ALTACT_SIG_SEND by the peer: a message to a pid.")
    @Says(in = Section.CONTROL, value = "37 ALTACT_SIG_SEND by the peer: a message to a name.")
    @Says(in = Section.CONTROL, value = "37 ALTACT_SIG_SEND by the peer: an exit signal; unknown flags are ignored.")
    void theSignalsOfOtp28() {
        byte[] name = atom(ourName());
        send(
                tuple(
                        integer(34),
                        peer.pid(1),
                        TermBytes.reference(
                                scene.node().node().processes().identifiers().nextReference()),
                        nil()),
                nil());
        send(tuple(integer(37), integer(0), peer.pid(1), us()), atom("to_pid"));
        assertThat(receive().term()).isEqualTo(Atom.of("to_pid"));
        send(tuple(integer(37), integer(8), peer.pid(1), name), atom("to_name"));
        assertThat(receive().term()).isEqualTo(Atom.of("to_name"));
        send(tuple(integer(37), integer(2), peer.pid(1), us(), nil()), atom("with_token"));
        assertThat(receive().term()).isEqualTo(Atom.of("with_token"));
        send(tuple(integer(37), integer(16 + 1 + 64), peer.pid(1), us(), nil(), nil()), atom("bye"));
        assertThat(receive().exit()).contains(new Message.Exit(them(), BYE));
    }

    private String ourName() {
        return ours.toString().replace("'", "");
    }
}
