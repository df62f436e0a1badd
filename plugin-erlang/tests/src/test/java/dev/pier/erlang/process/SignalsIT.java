package dev.pier.erlang.process;

import static dev.pier.erlang.conformance.ScriptedScene.receive;
import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.binary;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.list;
import static dev.pier.erlang.testing.TermBytes.nil;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Message;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.ScriptedScene;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The signals of processes, with a scripted peer: to processes that do not exist, forged ones and malformed ones.
class SignalsIT {
    /// 2^64 - 1.
    private static final byte[] GREATEST_ID = Bytes.hex("6e 08 00 ff ff ff ff ff ff ff ff");

    private static final byte[] EMPTY = atom("");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private ScriptedScene scene;
    private ScriptedPeer peer;
    private TestNode node;

    @BeforeEach
    void connect() throws IOException {
        scene = ScriptedScene.modern();
        peer = scene.peer();
        node = scene.node();
    }

    @AfterEach
    void close() {
        scene.close();
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

    private void expect(byte[] control, byte[] payload) {
        scene.expect(control, payload);
    }

    private byte[] stale(Pid pid) {
        return TermBytes.pid(pid.node().name(), pid.id(), pid.serial(), pid.creation() - 1);
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "Pids with an earlier creation of a node are dead.")
    void pidsOfAnEarlierIncarnationAreDead() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] stale = stale(mailbox.self());
        byte[] monitor = peer.reference(1);

        send(tuple(integer(2), EMPTY, stale), atom("lost"));
        send(tuple(integer(1), peer.pid(1), stale));
        expect(tuple(integer(24), stale, peer.pid(1)), atom("noproc"));
        send(tuple(integer(19), peer.pid(1), stale, monitor));
        expect(tuple(integer(28), stale, peer.pid(1), monitor), atom("noproc"));
        send(tuple(integer(26), peer.pid(1), stale), atom("kill"));
        send(tuple(integer(35), GREATEST_ID, peer.pid(1), stale));
        expect(tuple(integer(36), GREATEST_ID, stale, peer.pid(1)));
        assertThat(mailbox.isAlive()).isTrue();
        assertThat(mailbox.size()).isZero();
    }

    /// The node may close between the start of a call and its monitor.
    @Test
    void aProcessThatHasEndedCanNeitherMonitorNorLink() {
        ExitReason reason = ExitReason.of(Atom.of("gone"));
        Pid other = node.processes().mailbox().self();
        Pid remote = new Pid(Atom.of(peer.nodeName()), 1, 0, peer.creation());
        LocalProcess process = node.node().processes().spawn(self -> new ProcessBody() {
            @Override
            public void message(EncodedTerm message) {}

            @Override
            public void ended(ExitReason end) {}
        });
        process.end(reason);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Pid target : List.of(other, remote)) {
            for (ThrowingCallable attempt : List.<ThrowingCallable>of(
                    () -> process.monitor(target, deadline), () -> process.link(target, deadline))) {
                assertThatThrownBy(attempt)
                        .isInstanceOfSatisfying(
                                ProcessEnded.class,
                                ended -> assertThat(ended.reason()).isEqualTo(Atom.of("gone")));
            }
        }
    }

    @Test
    void exitSignalsOfOldAndNewFormsArrive() {
        Mailbox mailbox = node.processes().mailbox();
        mailbox.trapExit(true);
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(8), peer.pid(1), ours, atom("old")));
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("old"));
        send(tuple(integer(27), peer.pid(1), ours, nil()), atom("traced"));
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("traced"));
    }

    @Test
    void aDownNamesWhatTheMonitorWasSetOn() {
        String name = TestHost.uniqueName("java");
        Mailbox mailbox = node.processes().mailbox(name);
        byte[] monitor = peer.reference(1);
        byte[] ended = peer.reference(2);
        send(tuple(integer(19), peer.pid(1), atom(name), monitor));
        send(tuple(integer(19), peer.pid(1), TermBytes.pid(mailbox.self()), ended));
        send(tuple(integer(20), peer.pid(1), TermBytes.pid(mailbox.self()), ended));
        send(tuple(integer(20), peer.pid(1), atom("unregistered"), peer.reference(3)));
        scene.expectNothing();
        mailbox.close();
        expect(tuple(integer(28), atom(name), peer.pid(1), monitor), atom("normal"));
        scene.expectNothing();
    }

    /// A signal to a process of Pier in the name of a process of a third node.
    enum Forged {
        LINK,
        EXIT,
        UNLINK,
        EXIT2,
        MONITOR_P,
        DEMONITOR_P,
        PAYLOAD_EXIT,
        PAYLOAD_EXIT2,
        SPAWN_REQUEST,
        UNLINK_ID,
        UNLINK_ID_ACK,
        ALTACT_SIG_SEND;

        byte[] control(byte[] from, byte[] to, byte[] reference) {
            return switch (this) {
                case LINK -> tuple(integer(1), from, to);
                case EXIT -> tuple(integer(3), from, to, atom("kill"));
                case UNLINK -> tuple(integer(4), from, to);
                case EXIT2 -> tuple(integer(8), from, to, atom("kill"));
                case MONITOR_P -> tuple(integer(19), from, to, reference);
                case DEMONITOR_P -> tuple(integer(20), from, to, reference);
                case PAYLOAD_EXIT -> tuple(integer(24), from, to);
                case PAYLOAD_EXIT2 -> tuple(integer(26), from, to);
                case SPAWN_REQUEST ->
                    tuple(
                            integer(29),
                            reference,
                            from,
                            from,
                            tuple(atom("m"), atom("f"), integer(0)),
                            list(atom("monitor")));
                case UNLINK_ID -> tuple(integer(35), integer(1), from, to);
                case UNLINK_ID_ACK -> tuple(integer(36), integer(1), from, to);
                case ALTACT_SIG_SEND -> tuple(integer(37), integer(16), from, to);
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Forged.class)
    @Says(in = Section.SILENT, value = "A peer that sends a signal for another node's process is disconnected.")
    void aPeerCannotSignalForAnotherNode(Forged signal) {
        Mailbox mailbox = node.processes().mailbox();
        byte[] third = TermBytes.pid("third@localhost", 1, 0, 4711);
        try (LogCapture log = LogCapture.begin()) {
            send(signal.control(third, TermBytes.pid(mailbox.self()), peer.reference(1)), atom("kill"));
            scene.connection().expectClosed();
            Await.asserted(
                    "the warning",
                    () -> assertThat(log.warnings("in the name of"))
                            .singleElement()
                            .asString()
                            .contains(peer.nodeName(), "third@localhost"));
        }
        assertThat(mailbox.isAlive()).isTrue();
    }

    @Test
    void aPeerThatDoesNotReadGivesOverloadedAndIsStillRead() {
        Mailbox mailbox = node.processes().mailbox();
        Pid deaf = scene.peerPid(1);
        byte[] large = new byte[1 << 20];
        assertThatThrownBy(() -> {
                    // The limit is 64 of them, and what the sockets hold.
                    for (int i = 0; i < 1000; i++) {
                        mailbox.send(deaf, large);
                    }
                })
                .isInstanceOf(Overloaded.class)
                .hasMessageContainingAll(peer.nodeName(), "erlang.limits.queue");
        scene.connection().sendFrame(new byte[0]);
        send(tuple(integer(2), EMPTY, TermBytes.pid(mailbox.self())), atom("heard"));
        assertThat(receive(mailbox).term()).isEqualTo(Atom.of("heard"));
        assertThat(scene.isConnected()).isTrue();
    }

    @Test
    void aMessageMayNameAnySender() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] third = TermBytes.pid("third@localhost", 1, 0, 4711);
        send(tuple(integer(22), third, TermBytes.pid(mailbox.self())), atom("forwarded"));
        assertThat(receive(mailbox).term()).isEqualTo(Atom.of("forwarded"));
    }

    @Test
    void linksAndMonitorsAreBounded() throws IOException {
        try (ScriptedScene small = ScriptedScene.withLimits(new ProcessLimits(2, 2))) {
            ScriptedPeer linking = small.peer();
            Mailbox mailbox = small.node().processes().mailbox();
            byte[] self = TermBytes.pid(mailbox.self());
            for (int i = 1; i <= 3; i++) {
                small.send(tuple(integer(1), linking.pid(i), self));
            }
            small.expect(tuple(integer(24), self, linking.pid(3)), atom("system_limit"));
            for (int i = 1; i <= 3; i++) {
                small.send(tuple(integer(19), linking.pid(1), self, linking.reference(i)));
            }
            small.expect(tuple(integer(28), self, linking.pid(1), linking.reference(3)), atom("system_limit"));
            Mailbox other = small.node().processes().mailbox();
            assertThatThrownBy(() -> mailbox.link(other.self()))
                    .isInstanceOf(Overloaded.class)
                    .hasMessageContaining("erlang.limits.links");
            assertThatThrownBy(() -> other.link(mailbox.self())).isInstanceOf(Overloaded.class);
            assertThatThrownBy(() -> mailbox.link(small.peerPid(4))).isInstanceOf(Overloaded.class);
            assertThat(mailbox.isAlive() && other.isAlive()).isTrue();
        }
    }

    @Test
    void aSpawnOfAFunctionThatIsNotExposedIsRefused() {
        byte[] request = peer.reference(1);
        send(
                tuple(
                        integer(29),
                        request,
                        peer.pid(1),
                        peer.pid(2),
                        tuple(atom("os"), atom("cmd"), integer(1)),
                        nil()),
                list(binary("id")));
        expect(tuple(integer(31), request, peer.pid(1), integer(0), atom("undef")));
        scene.expectNothing();
    }

    @Test
    void aMalformedMessageIsDroppedByItsReceiver() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        byte[] broken = {108, 0, 0, 0, 9, 97, 1};
        try (LogCapture log = LogCapture.begin()) {
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), atom("fine"));
            assertThat(mailbox.receive(m -> m.term().equals(Atom.of("fine")), PATIENCE))
                    .isPresent();
            assertThat(mailbox.size()).as("the malformed ones are dropped").isZero();
            assertThat(log.warnings("it cannot be decoded")).hasSize(1);
        }

        send(tuple(integer(22), peer.pid(1), ours), broken);
        Message unread = receive(mailbox);
        assertThatThrownBy(unread::term).isInstanceOf(MalformedTerm.class);
        scene.expectNothing();
    }

    @Test
    void aMalformedMessageReachesNoHandler() {
        CompletableFuture<Atom> handled = new CompletableFuture<>();
        String name = TestHost.uniqueName("handler");
        byte[] broken = {108, 0, 0, 0, 9, 97, 1};
        try (LogCapture log = LogCapture.begin();
                ErlangProcess handler =
                        node.processes().register(name, (message, self) -> handled.complete((Atom) message.term()))) {
            byte[] ours = TermBytes.pid(handler.self());
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), atom("fine"));
            assertThat(Await.result("the last", handled)).isEqualTo(Atom.of("fine"));
            assertThat(log.warnings(name)).singleElement().asString().contains("it cannot be decoded");
        }
    }

    /// The caller sees the server end; the server goes on.
    @Test
    void aMalformedRequestFailsOnlyItsCall() {
        GenServer echo = new GenServer() {
            @Override
            public void handleCall(Message request, From from) {
                from.reply(request.term());
            }

            @Override
            public void handleCast(Message request) {}
        };
        try (ErlangProcess server = node.processes().register(TestHost.uniqueName("server"), echo)) {
            byte[] ours = TermBytes.pid(server.self());
            byte[] monitor = peer.reference(1);
            send(tuple(integer(19), peer.pid(1), ours, monitor));
            send(
                    tuple(integer(22), peer.pid(1), ours),
                    tuple(atom("$gen_call"), tuple(peer.pid(1), monitor), new byte[] {108, 0, 0, 0, 9, 97, 1}));
            byte[] down = scene.connection().expectFrame();
            assertThat(down).startsWith(FrameBytes.normal(tuple(integer(28), ours, peer.pid(1), monitor)));
            assertThat(new String(down, StandardCharsets.ISO_8859_1)).contains(MalformedTerm.class.getName());

            byte[] tag = peer.reference(2);
            send(
                    tuple(integer(22), peer.pid(1), ours),
                    tuple(atom("$gen_call"), tuple(peer.pid(1), tag), atom("fine")));
            assertThat(scene.connection().expectFrame()).endsWith(tuple(tag, atom("fine")));
        }
    }

    @Test
    void aMalformedReasonEndsTheProcess() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] monitor = peer.reference(1);
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(19), peer.pid(1), ours, monitor));
        send(tuple(integer(26), peer.pid(2), ours), new byte[] {108, 0, 0, 0, 9, 97, 1});
        expect(tuple(integer(28), ours, peer.pid(1), monitor), atom("unreadable_reason"));
        assertThat(mailbox.isAlive()).isFalse();
    }
}
