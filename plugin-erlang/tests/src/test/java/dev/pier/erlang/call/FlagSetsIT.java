package dev.pier.erlang.call;

import static dev.pier.erlang.testing.TermBytes.atom;
import static dev.pier.erlang.testing.TermBytes.integer;
import static dev.pier.erlang.testing.TermBytes.tuple;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.Peer;
import dev.pier.erlang.UnsupportedByPeer;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.dist.Frame;
import dev.pier.erlang.dist.FrameDecoder;
import dev.pier.erlang.dist.FrameFormat;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.process.GenTag;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.FrameBytes;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TermBytes;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Calls to peers with different sets of flags. A scripted peer answers as Erlang would, and each test ends with a
/// message in both directions: the connection lives. Signals whose flag the peer did not offer fail the test.
@SuppressWarnings("NullAway.Init") // `connect` begins each test.
class FlagSetsIT {
    private static final Atom MARKER = Atom.of("marker");
    private static final Atom ANSWER = Atom.of("answer");
    private static final Duration BRIEF = Duration.ofMillis(300);

    /// The peers of the table. Without the digest flag each flag counts by itself.
    enum Flags {
        ALL(0, ""),
        NO_ALIAS(DistFlags.ALIAS, ""),
        NO_EXIT_PAYLOAD(DistFlags.EXIT_PAYLOAD, ""),
        NO_SPAWN(DistFlags.SPAWN, "DFLAG_SPAWN"),
        NO_SPAWN_NO_ALIAS(DistFlags.SPAWN | DistFlags.ALIAS, "DFLAG_SPAWN"),
        NO_MONITOR(DistFlags.DIST_MONITOR, "DFLAG_DIST_MONITOR"),
        NO_MONITOR_NAME(DistFlags.DIST_MONITOR_NAME, "DFLAG_DIST_MONITOR"),
        NO_SPAWN_NO_MONITOR(DistFlags.SPAWN | DistFlags.DIST_MONITOR, "DFLAG_SPAWN"),
        NO_MONITOR_NO_ALIAS(DistFlags.DIST_MONITOR | DistFlags.ALIAS, "DFLAG_DIST_MONITOR"),
        MINIMUM(ScriptedPeer.MODERN_FLAGS & ~ScriptedPeer.MINIMUM_FLAGS, "DFLAG_SPAWN");

        private final long flags;
        private final String missing;

        /// @param missing the flag that a stream is refused for; empty if it is not refused
        Flags(long without, String missing) {
            this.flags = ScriptedPeer.MODERN_FLAGS & ~without;
            this.missing = missing;
        }
    }

    private final ScriptedPeer peer = ScriptedPeer.named("flags").cookie("of_flag_sets");
    private final List<ControlMessage> received = new ArrayList<>();
    private TestNode node;
    private ScriptedConnection connection;
    private Capabilities capabilities;
    private FrameDecoder decoder;
    private boolean mute;
    private int processesBefore;

    private Peer connect(Flags flags) throws IOException {
        node = TestNode.start(peer.cookie());
        processesBefore = node.node().processes().count();
        connection = peer.flags(flags.flags).connectAndShakeHands(node.name());
        capabilities = Capabilities.negotiate(DistFlags.OURS, flags.flags);
        decoder = new FrameDecoder(capabilities, DecodeLimits.DEFAULT, FragmentLimits.DEFAULT);
        Await.until(
                "the connection",
                () -> node.node().links().stream()
                        .anyMatch(link -> link.current().isPresent()));
        return node.peer(node.node().link(NodeName.parse(peer.nodeName())));
    }

    @AfterEach
    void close() {
        connection.close();
        peer.close();
        node.close();
    }

    /// Runs the work on another thread while this one plays the peer, up to a message that is sent after the work.
    private <T> T play(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(work.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
            node.processes().send(MARKER.name(), peer.nodeName(), MARKER);
        });
        while (answerNext()) {
            // Until the marker.
        }
        messageFromThePeerArrives();
        try {
            return result.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    private void messageFromThePeerArrives() {
        try (var ours = node.processes().mailbox()) {
            send(ours.self(), MARKER);
            assertThat(ours.receive(Await.PATIENCE).orElseThrow().term()).isEqualTo(MARKER);
        }
    }

    /// Takes one signal and answers it as Erlang would.
    ///
    /// @return false if it was the marker
    private boolean answerNext() {
        byte[] bytes = connection.expectFrame();
        Frame.Message frame = decode(bytes);
        ControlMessage control = frame.control();
        received.add(control);
        switch (control) {
            case ControlMessage.SpawnRequest request -> spawned(request);
            case ControlMessage.RegSend(Pid _, Atom to)
            when to.equals(MARKER) -> {
                return false;
            }
            case ControlMessage.RegSend(Pid _, Atom to) ->
                answer(to, (Tuple) frame.payload().decode(DecodeLimits.DEFAULT));
            case ControlMessage.MonitorP _, ControlMessage.DemonitorP _ ->
                assertThat(capabilities.monitors()).as("monitors").isTrue();
            case ControlMessage.Exit2 _ ->
                assertThat(capabilities.exitPayload()).as("exit payload").isFalse();
            case ControlMessage.PayloadExit2 _ ->
                assertThat(capabilities.exitPayload()).as("exit payload").isTrue();
            default -> throw new AssertionError("unexpected: " + control);
        }
        return true;
    }

    private Frame.Message decode(byte[] bytes) {
        try {
            return (Frame.Message) decoder.decode(bytes, 0, bytes.length);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void spawned(ControlMessage.SpawnRequest request) {
        assertThat(capabilities.spawn() && capabilities.monitors())
                .as("spawn and monitors")
                .isTrue();
        byte[] id = TermBytes.reference(request.requestId());
        byte[] caller = TermBytes.pid(request.from());
        byte[] pid = peer.pid(received.size());
        frame(tuple(integer(31), id, caller, integer(2), pid));
        if (mute && received.size() > 1) {
            return;
        }
        byte[] reason = tuple(id, atom("return"), atom("answer"));
        if (capabilities.exitPayload()) {
            frame(tuple(integer(28), pid, caller, id), reason);
        } else {
            frame(tuple(integer(21), pid, caller, id, reason));
        }
    }

    /// `rex` and servers.
    private void answer(Atom name, Tuple message) {
        if (mute || message.is(Atom.of("$gen_cast"), 2)) {
            return;
        }
        if (message.get(0) instanceof Pid caller) {
            assertThat(name).isEqualTo(Atom.of("rex"));
            send(caller, Tuple.of(name, ANSWER));
            return;
        }
        assertThat(message.is(Atom.of("$gen_call"), 3)).isTrue();
        Tuple from = (Tuple) message.get(1);
        Term reply = name.equals(Atom.of("net_kernel")) ? Atom.of("yes") : ANSWER;
        Optional<Reference> alias = GenTag.aliasOf(from.get(1));
        if (alias.isPresent()) {
            assertThat(capabilities.alias()).as("aliases").isTrue();
            frame(
                    tuple(integer(33), peer.pid(1), TermBytes.reference(alias.get())),
                    encode(Tuple.of(from.get(1), reply)));
        } else {
            send((Pid) from.get(0), Tuple.of(from.get(1), reply));
        }
    }

    private void send(Pid to, Term message) {
        frame(
                capabilities.sendSender()
                        ? tuple(integer(22), peer.pid(1), TermBytes.pid(to))
                        : tuple(integer(2), atom(""), TermBytes.pid(to)),
                encode(message));
    }

    private void frame(byte[] control, byte[]... payload) {
        boolean header = capabilities.frameFormat() == FrameFormat.HEADER;
        if (payload.length == 0) {
            connection.sendFrame(header ? FrameBytes.normal(control) : FrameBytes.passThrough(control));
        } else {
            connection.sendFrame(
                    header ? FrameBytes.normal(control, payload[0]) : FrameBytes.passThrough(control, payload[0]));
        }
    }

    private static byte[] encode(Term term) {
        EtfOutput out = new EtfOutput(64);
        TermEncoder.encode(term, out);
        return out.toByteArray();
    }

    private void assertNoProcessIsLeft() {
        assertThat(node.node().processes().count()).isEqualTo(processesBefore);
    }

    private long count(Class<? extends ControlMessage> kind) {
        return received.stream().filter(kind::isInstance).count();
    }

    @ParameterizedTest
    @EnumSource
    void aCallIsAnswered(Flags flags) throws Exception {
        Peer backend = connect(flags);
        assertThat(play(() -> backend.call("m", "f", 1).term())).isEqualTo(ANSWER);
        assertThat(count(ControlMessage.SpawnRequest.class) > 0)
                .as("by a request to spawn")
                .isEqualTo(flags.missing.isEmpty());
        assertNoProcessIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aCallWithoutAnAnswerEndsAtItsTimeout(Flags flags) throws Exception {
        mute = true;
        Peer backend = connect(flags).with(new CallOptions(BRIEF));
        assertThatThrownBy(() -> play(() -> backend.call("m", "f")))
                .isInstanceOf(CallTimeout.class)
                .hasMessageEndingWith("m:f/0 gave no answer within 300 ms");
        while (flags.missing.isEmpty()
                && count(ControlMessage.Exit2.class) + count(ControlMessage.PayloadExit2.class) == 0) {
            // The spawned process is stopped, in the form that `answerNext` checks.
            answerNext();
        }
        assertNoProcessIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aCallEndsWithTheConnection(Flags flags) throws Exception {
        mute = true;
        Peer backend = connect(flags);
        var call = backend.callAsync("m", "f");
        while (!isCallSent(flags)) {
            answerNext();
        }
        connection.close();
        assertThatThrownBy(call::join).hasCauseInstanceOf(ConnectionLost.class);
        assertNoProcessIsLeft();
    }

    /// Whether the call itself has been sent, after the lookup of the group leader.
    private boolean isCallSent(Flags flags) {
        return flags.missing.isEmpty()
                ? count(ControlMessage.SpawnRequest.class) == 2
                : count(ControlMessage.RegSend.class) == 1;
    }

    @ParameterizedTest
    @EnumSource
    void aCastIsSent(Flags flags) throws Exception {
        Peer backend = connect(flags);
        play(() -> {
            backend.cast("m", "f", 1);
            return true;
        });
        assertThat(count(ControlMessage.SpawnRequest.class) > 0).isEqualTo(flags.missing.isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void aPingIsAnswered(Flags flags) throws Exception {
        Peer backend = connect(flags);
        assertThat(play(backend::ping)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aPingWithoutAnAnswerIsFalse(Flags flags) throws Exception {
        mute = true;
        Peer backend = connect(flags).with(new CallOptions(BRIEF));
        assertThat(play(backend::ping)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aServerAnswers(Flags flags) throws Exception {
        Peer backend = connect(flags);
        assertThat(play(() -> backend.server("any").call(1).term())).isEqualTo(ANSWER);
        assertThat(count(ControlMessage.MonitorP.class)).isEqualTo(capabilities.monitors() ? 1 : 0);
        assertThat(count(ControlMessage.DemonitorP.class)).isEqualTo(capabilities.monitors() ? 1 : 0);
        assertNoProcessIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aServerWithoutAnAnswerIsATimeout(Flags flags) throws Exception {
        mute = true;
        Peer backend = connect(flags);
        assertThatThrownBy(() -> play(() -> backend.server("any").call(1, BRIEF)))
                .isInstanceOf(CallTimeout.class)
                .hasMessageContaining("300 ms");
        assertNoProcessIsLeft();
    }

    @ParameterizedTest
    @EnumSource
    void aServerCallEndsWithTheConnection(Flags flags) throws Exception {
        mute = true;
        Peer backend = connect(flags);
        CompletableFuture<?> call =
                CompletableFuture.supplyAsync(() -> backend.server("any").call(1));
        while (count(ControlMessage.RegSend.class) == 0) {
            answerNext();
        }
        connection.close();
        assertThatThrownBy(call::join).hasCauseInstanceOf(ConnectionLost.class);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ALL", "NO_ALIAS", "NO_EXIT_PAYLOAD"})
    void aStreamIsRefused(Flags flags) throws Exception {
        Peer backend = connect(flags);
        assertThatThrownBy(() -> play(() -> backend.stream("m", "f")))
                .isInstanceOfSatisfying(UnsupportedByPeer.class, e -> {
                    assertThat(e.flag()).isEqualTo(flags.missing);
                    assertThat(e.maybeExecuted()).isFalse();
                })
                .hasMessage("cannot stream " + peer.nodeName() + ": m:f/0: the peer does not offer " + flags.missing);
        assertThat(node.node().links())
                .allSatisfy(link -> assertThat(link.lanes().inUse()).isZero());
    }
}
