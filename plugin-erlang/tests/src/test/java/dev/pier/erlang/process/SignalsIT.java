package dev.pier.erlang.process;

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
import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes over the wire for processes, with a peer played by hand: signals for processes that are not there, late
/// ones, old ones and broken ones.
class SignalsIT {
    /// 2^64 - 1.
    private static final byte[] GREATEST_ID = Bytes.hex("6e 08 00 ff ff ff ff ff ff ff ff");

    private static final byte[] EMPTY = atom("");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedPeer peer = ScriptedPeer.named("scripted").cookie("for_scripted_peers");
    private TestNode node;
    private ScriptedConnection connection;

    @BeforeEach
    void connect() throws IOException {
        node = TestNode.start(peer.cookie());
        connection = peer.connectAndShakeHands(node.name());
    }

    @AfterEach
    void close() {
        connection.close();
        peer.close();
        node.close();
    }

    private void send(byte[] control) {
        connection.sendFrame(FrameBytes.normal(control));
    }

    private void send(byte[] control, byte[] payload) {
        connection.sendFrame(FrameBytes.normal(control, payload));
    }

    private void expect(byte[] control) {
        assertThat(connection.expectFrame()).isEqualTo(FrameBytes.normal(control));
    }

    private void expect(byte[] control, byte[] payload) {
        assertThat(connection.expectFrame()).isEqualTo(FrameBytes.normal(control, payload));
    }

    /// Nothing that was caused before is still to come: what is asked now is answered next.
    private void expectNothing() {
        byte[] reference = peer.reference(999);
        send(tuple(integer(19), peer.pid(9), atom("nobody_at_all"), reference));
        expect(tuple(integer(28), atom("nobody_at_all"), peer.pid(9), reference), atom("noproc"));
    }

    private boolean isConnected() {
        return node.node().links().stream().anyMatch(link -> link.current().isPresent());
    }

    private byte[] stale(Pid pid) {
        return TermBytes.pid(pid.node().name(), pid.id(), pid.serial(), pid.creation() - 1);
    }

    private static Message receive(Mailbox mailbox) {
        return mailbox.receive(PATIENCE).orElseThrow();
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "Pids with an earlier creation of a node are dead.")
    void thoseOfAnEarlierIncarnationAreDead() {
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

    @Test
    @Says(in = Section.LINKS, value = "UNLINK_ID_ACK precedes every other signal to the sender of UNLINK_ID.")
    void anUnlinkIsAcknowledgedBeforeAnythingElse() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(1), peer.pid(1), ours));
        send(tuple(integer(35), integer(7), peer.pid(1), ours));
        expect(tuple(integer(36), integer(7), ours, peer.pid(1)));
        mailbox.end(Atom.of("unheard"));
        expectNothing();
    }

    @Test
    void anUnlinkFromNobodyIsAcknowledged() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(1), peer.pid(1), ours));
        expectNothing();
        mailbox.close();
        expect(tuple(integer(24), ours, peer.pid(1)), atom("normal"));
        send(tuple(integer(35), integer(7), peer.pid(1), ours));
        expect(tuple(integer(36), integer(7), ours, peer.pid(1)));
    }

    @Test
    @Says(in = Section.LINKS, value = "A LINK for an active process link is ignored.")
    void aLinkIsToldTheEndOnce() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(1), peer.pid(1), ours));
        send(tuple(integer(1), peer.pid(1), ours));
        expectNothing();
        mailbox.end(Atom.of("bye"));
        expect(tuple(integer(24), ours, peer.pid(1)), atom("bye"));
        expectNothing();
    }

    // SPEC: erl_dist_protocol, Link Protocol: while the acknowledgement is awaited, exit signals of the old link and
    // new links of the other side do not count.
    @Test
    @Says(
            in = Section.LINKS,
            value =
                    "A LINK that is received before the acknowledgement of an unlink does not activate the process link.")
    @Says(in = Section.LINKS, value = "An exit signal over an inactive process link is ignored.")
    @Says(
            in = Section.LINKS,
            value = "A LINK that is sent before the acknowledgement of an unlink activates the process link.")
    void whatCrossesAnUnlinkIsIgnored() {
        Mailbox mailbox = node.processes().mailbox();
        mailbox.trapExit(true);
        byte[] ours = TermBytes.pid(mailbox.self());
        Pid other = new Pid(Atom.of(peer.nodeName()), 1, 0, peer.creation());
        byte[] theirs = TermBytes.pid(other);

        mailbox.link(other);
        expect(tuple(integer(1), ours, theirs));
        mailbox.unlink(other);
        expect(tuple(integer(35), integer(1), ours, theirs));
        send(tuple(integer(1), theirs, ours));
        send(tuple(integer(36), integer(1), theirs, ours));
        send(tuple(integer(24), theirs, ours), atom("of_no_link"));
        expectNothing();
        assertThat(mailbox.size()).isZero();

        mailbox.link(other);
        expect(tuple(integer(1), ours, theirs));
        mailbox.unlink(other);
        expect(tuple(integer(35), integer(2), ours, theirs));
        mailbox.link(other);
        expect(tuple(integer(1), ours, theirs));
        send(tuple(integer(36), integer(2), theirs, ours));
        send(tuple(integer(24), theirs, ours), atom("of_the_new_link"));
        assertThat(receive(mailbox).exit()).contains(new Message.Exit(other, Atom.of("of_the_new_link")));
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
        send(tuple(integer(1), peer.pid(1), ours));
        send(tuple(integer(3), peer.pid(1), ours, atom("broke")));
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("broke"));
        send(tuple(integer(3), peer.pid(1), ours, atom("again")));
        send(tuple(integer(24), peer.pid(2), ours), atom("never_linked"));
        expectNothing();
        assertThat(mailbox.size()).isZero();
    }

    @Test
    void aMonitorIsToldTheEndByWhatItWasSetOn() {
        String name = TestHost.uniqueName("java");
        Mailbox mailbox = node.processes().mailbox(name);
        byte[] monitor = peer.reference(1);
        byte[] ended = peer.reference(2);
        send(tuple(integer(19), peer.pid(1), atom(name), monitor));
        send(tuple(integer(19), peer.pid(1), TermBytes.pid(mailbox.self()), ended));
        send(tuple(integer(20), peer.pid(1), TermBytes.pid(mailbox.self()), ended));
        send(tuple(integer(20), peer.pid(1), atom("nobody"), peer.reference(3)));
        expectNothing();
        mailbox.close();
        expect(tuple(integer(28), atom(name), peer.pid(1), monitor), atom("normal"));
        expectNothing();
    }

    /// A signal about a process of ours that says to come from a process of some third node.
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
    void aPeerSpeaksForNobodyElse(Forged signal) {
        Mailbox mailbox = node.processes().mailbox();
        byte[] third = TermBytes.pid("third@localhost", 1, 0, 4711);
        try (LogCapture log = LogCapture.begin()) {
            send(signal.control(third, TermBytes.pid(mailbox.self()), peer.reference(1)), atom("kill"));
            connection.expectClosed();
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
    void aPeerThatDoesNotReadIsSaidToBeOverloadedAndHeardAllTheSame() {
        Mailbox mailbox = node.processes().mailbox();
        Pid deaf = new Pid(Atom.of(peer.nodeName()), 1, 0, peer.creation());
        byte[] large = new byte[1 << 20];
        assertThatThrownBy(() -> {
                    // The bound is 64 of them, and what the sockets hold.
                    for (int i = 0; i < 1000; i++) {
                        mailbox.send(deaf, large);
                    }
                })
                .isInstanceOf(Overloaded.class)
                .hasMessageContainingAll(peer.nodeName(), "erlang.limits.queue");
        connection.sendFrame(new byte[0]);
        send(tuple(integer(2), EMPTY, TermBytes.pid(mailbox.self())), atom("heard"));
        assertThat(receive(mailbox).term()).isEqualTo(Atom.of("heard"));
        assertThat(isConnected()).isTrue();
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
        try (TestNode small = TestNode.start(peer.cookie(), new ProcessLimits(2, 2));
                ScriptedConnection ours = peer.connectAndShakeHands(small.name())) {
            Mailbox mailbox = small.processes().mailbox();
            byte[] self = TermBytes.pid(mailbox.self());
            for (int i = 1; i <= 3; i++) {
                ours.sendFrame(FrameBytes.normal(tuple(integer(1), peer.pid(i), self)));
            }
            assertThat(ours.expectFrame())
                    .isEqualTo(FrameBytes.normal(tuple(integer(24), self, peer.pid(3)), atom("system_limit")));
            for (int i = 1; i <= 3; i++) {
                ours.sendFrame(FrameBytes.normal(tuple(integer(19), peer.pid(1), self, peer.reference(i))));
            }
            assertThat(ours.expectFrame())
                    .isEqualTo(FrameBytes.normal(
                            tuple(integer(28), self, peer.pid(1), peer.reference(3)), atom("system_limit")));
            Mailbox other = small.processes().mailbox();
            assertThatThrownBy(() -> mailbox.link(other.self()))
                    .isInstanceOf(Overloaded.class)
                    .hasMessageContaining("erlang.limits.links");
            assertThatThrownBy(() -> other.link(mailbox.self())).isInstanceOf(Overloaded.class);
            assertThatThrownBy(() -> mailbox.link(new Pid(Atom.of(peer.nodeName()), 4, 0, peer.creation())))
                    .isInstanceOf(Overloaded.class);
            assertThat(mailbox.isAlive() && other.isAlive()).isTrue();
        }
    }

    @Test
    void nothingIsSpawned() {
        byte[] request = peer.reference(1);
        send(
                tuple(
                        integer(29),
                        request,
                        peer.pid(1),
                        peer.pid(2),
                        tuple(atom("os"), atom("cmd"), integer(1)),
                        list(atom("monitor"))),
                list(binary("id")));
        expect(tuple(integer(31), request, peer.pid(1), integer(0), atom("notsup")));
    }

    @Test
    void aMessageThatIsNoTermIsItsReceiversAffair() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        byte[] broken = {108, 0, 0, 0, 9, 97, 1};
        try (LogCapture log = LogCapture.begin()) {
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), broken);
            send(tuple(integer(22), peer.pid(1), ours), atom("fine"));
            assertThat(mailbox.receive(m -> m.term().equals(Atom.of("fine")), PATIENCE))
                    .isPresent();
            assertThat(mailbox.size()).as("the broken ones are dropped").isZero();
            assertThat(log.warnings("cannot be decoded and is dropped")).hasSize(1);
        }

        send(tuple(integer(22), peer.pid(1), ours), broken);
        Message unread = receive(mailbox);
        assertThatThrownBy(unread::term).isInstanceOf(MalformedTerm.class);
        expectNothing();
    }

    @Test
    void aMessageThatIsNoTermIsNoHandlersAffair() {
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
            assertThat(log.warnings(name)).singleElement().asString().contains("cannot be decoded and is dropped");
        }
    }

    /// Its caller sees the server end; the server goes on.
    @Test
    void aRequestThatIsNoTermFailsItsCallOnly() {
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
            byte[] down = connection.expectFrame();
            assertThat(down).startsWith(FrameBytes.normal(tuple(integer(28), ours, peer.pid(1), monitor)));
            assertThat(new String(down, StandardCharsets.ISO_8859_1)).contains(MalformedTerm.class.getName());

            byte[] tag = peer.reference(2);
            send(
                    tuple(integer(22), peer.pid(1), ours),
                    tuple(atom("$gen_call"), tuple(peer.pid(1), tag), atom("fine")));
            assertThat(connection.expectFrame()).endsWith(tuple(tag, atom("fine")));
        }
    }

    @Test
    void aReasonThatIsNoTermEndsTheProcessAllTheSame() {
        Mailbox mailbox = node.processes().mailbox();
        byte[] monitor = peer.reference(1);
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(19), peer.pid(1), ours, monitor));
        send(tuple(integer(26), peer.pid(2), ours), new byte[] {108, 0, 0, 0, 9, 97, 1});
        expect(tuple(integer(28), ours, peer.pid(1), monitor), atom("unreadable_reason"));
        assertThat(mailbox.isAlive()).isFalse();
    }

    @Test
    @Says(
            in = Section.FLAGS,
            value = "A peer with only the mandatory flags gets control messages without payload and sender.")
    void aPeerWithoutTheNewerSignalsGetsTheOlder() {
        // Both ways: the handshake ends for the peer a little before the node has taken the connection up.
        Await.until("the connection", this::isConnected);
        connection.close();
        Await.until("its loss", () -> !isConnected());
        peer.flags(ScriptedPeer.MINIMUM_FLAGS);
        connection = peer.connectAndShakeHands(node.name());
        Mailbox mailbox = node.processes().mailbox();
        byte[] ours = TermBytes.pid(mailbox.self());
        connection.sendFrame(FrameBytes.passThrough(tuple(integer(1), peer.pid(1), ours)));
        connection.sendFrame(FrameBytes.passThrough(tuple(integer(2), EMPTY, ours), atom("linked")));
        assertThat(receive(mailbox).term()).isEqualTo(Atom.of("linked"));
        mailbox.end(Atom.of("bye"));
        assertThat(connection.expectFrame())
                .isEqualTo(FrameBytes.passThrough(tuple(integer(3), ours, peer.pid(1), atom("bye"))));
    }

    @Test
    @Says(in = Section.LINKS, value = "A lost connection ends its process links with noconnection.")
    void aConnectionThatEndsFreesWhatItTied() {
        Mailbox mailbox = node.processes().mailbox();
        mailbox.trapExit(true);
        byte[] ours = TermBytes.pid(mailbox.self());
        send(tuple(integer(1), peer.pid(1), ours));
        send(tuple(integer(19), peer.pid(1), ours, peer.reference(1)));
        expectNothing();
        connection.close();
        assertThat(receive(mailbox).exit().orElseThrow().reason()).isEqualTo(Atom.of("noconnection"));
        mailbox.close();
    }
}
