package dev.pier.erlang.handshake;

import static dev.pier.erlang.handshake.LoopbackScene.failure;
import static dev.pier.erlang.handshake.LoopbackScene.success;
import static dev.pier.erlang.testing.Bytes.bytes;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.FrameFormat;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The acceptor of a handshake; the test plays the initiator.
class AcceptorTest {
    private static final NodeName US = NodeName.parse("pier@localhost");
    private static final NodeName PEER = NodeName.parse("a@localhost");
    private static final Cookie COOKIE = Cookie.of("secret");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final AtomicReference<PeerHello> seen = new AtomicReference<>();
    private LoopbackScene scene;

    @BeforeEach
    void connect() throws IOException {
        scene = new LoopbackScene();
    }

    @AfterEach
    void close() throws IOException {
        scene.close();
    }

    private FutureTask<HandshakeResult> start(AcceptDecision decision, Duration stepTimeout) {
        Acceptor acceptor = new Acceptor(Identity.of(US, 7, DistFlags.OURS), COOKIE, stepTimeout);
        return scene.start(() -> acceptor.accept(scene.transport(), hello -> {
            seen.set(hello);
            return decision;
        }));
    }

    private FutureTask<HandshakeResult> start(AcceptDecision decision) {
        return start(decision, TIMEOUT);
    }

    private static Bytes name(String name, long flags) {
        return bytes().u8('N').u64(flags).u32(5).u16(name.length()).latin1(name);
    }

    private static Bytes status(String text) {
        return bytes().latin1("s" + text);
    }

    /// Our challenge, and the flags beside it.
    private int expectChallenge(long flags) throws IOException {
        ByteBuffer challenge = ByteBuffer.wrap(scene.receive());
        assertThat(challenge.get()).isEqualTo((byte) 'N');
        assertThat(challenge.getLong()).isEqualTo(flags);
        int number = challenge.getInt();
        assertThat(challenge.getInt()).isEqualTo(7);
        byte[] name = new byte[challenge.getShort()];
        challenge.get(name);
        assertThat(new String(name, ISO_8859_1)).isEqualTo("pier@localhost");
        return number;
    }

    private void prove(int challenge) throws IOException {
        scene.send(bytes().u8('r').u32(1).raw(COOKIE.digest(challenge)));
        assertThat(scene.receive()).isEqualTo(Bytes.hex("61e52d98c459819a11775936d8dfbb7929"));
    }

    static Stream<Arguments> decisionsThatContinue() {
        return Stream.of(
                Arguments.of(new AcceptDecision.Ok(), "ok"),
                Arguments.of(new AcceptDecision.OkSimultaneous(), "ok_simultaneous"));
    }

    @ParameterizedTest
    @MethodSource("decisionsThatContinue")
    void continues(AcceptDecision decision, String status) throws IOException {
        FutureTask<HandshakeResult> handshake = start(decision);
        scene.send(name("a@localhost", DistFlags.OURS | DistFlags.PUBLISHED));
        assertThat(scene.receive()).isEqualTo(status(status).array());
        prove(expectChallenge(DistFlags.OURS));

        HandshakeResult result = success(handshake);
        assertThat(result.self()).isEqualTo(US);
        assertThat(result.peer()).isEqualTo(PEER);
        assertThat(result.peerCreation()).isEqualTo(5);
        assertThat(result.peerHidden()).isFalse();
        assertThat(seen.get().toString()).isEqualTo("a@localhost (flags 0x4d07df7fbd)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rejectsWithAStatus(boolean nok) throws IOException {
        FutureTask<HandshakeResult> handshake = start(nok ? new AcceptDecision.Nok() : new AcceptDecision.NotAllowed());
        scene.send(name("a@localhost", DistFlags.OURS));

        assertThat(scene.receive())
                .isEqualTo(status(nok ? "nok" : "not_allowed").array());
        assertThat(failure(handshake).failure()).isEqualTo(Failure.REJECTED_BY_US);
        assertThat(scene.seesEnd()).isTrue();
    }

    @Test
    void aliveAndTrueChecksTheCookieBeforeItSucceeds() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive());
        scene.send(name("a@localhost", DistFlags.OURS));
        assertThat(scene.receive()).isEqualTo(status("alive").array());
        scene.send(status("true"));
        int challenge = expectChallenge(DistFlags.OURS);
        assertThat(handshake.isDone()).isFalse();
        prove(challenge);

        assertThat(success(handshake).peer()).isEqualTo(PEER);
    }

    @Test
    void aliveAndTrueWithAnotherCookieReplacesNothing() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive());
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        scene.send(status("true"));
        scene.send(bytes().u8('r').u32(1).raw(Cookie.of("other").digest(expectChallenge(DistFlags.OURS))));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.PEER_COOKIE_WRONG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "perhaps"})
    void aliveAndNotTrueEndsTheHandshake(String answer) throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive());
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        scene.send(status(answer));

        assertThat(failure(handshake).failure())
                .isEqualTo(answer.equals("false") ? Failure.ALREADY_CONNECTED : Failure.VIOLATION);
    }

    @Test
    void aPeerThatAsksForANameGetsOne() throws IOException {
        NodeName given = NodeName.parse("dyn1@elsewhere");
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Named(given, 42));
        scene.send(name("elsewhere", DistFlags.OURS | DistFlags.NAME_ME));
        assertThat(scene.receive())
                .isEqualTo(status("named:")
                        .u16(14)
                        .latin1("dyn1@elsewhere")
                        .u32(42)
                        .array());
        prove(expectChallenge(DistFlags.OURS | DistFlags.NAME_ME));

        HandshakeResult result = success(handshake);
        assertThat(seen.get().wantsName()).isTrue();
        assertThat(seen.get().host()).isEqualTo("elsewhere");
        assertThat(result.peer()).isEqualTo(given);
        assertThat(result.peerCreation()).isEqualTo(42);
    }

    @Test
    void aNameOnAnotherHostIsAnErrorOfThePolicy() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Named(NodeName.parse("dyn1@here"), 42));
        scene.send(name("elsewhere", DistFlags.OURS | DistFlags.NAME_ME));

        assertThatThrownBy(() -> failure(handshake)).hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    @Says(
            in = Section.HANDSHAKE,
            value = "After the old send_name, send_complement brings the other half of the flags.")
    void theOldMessageIsCompletedByTheUpperHalfOfTheFlags() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(bytes().u8('n').u16(5).u32(DistFlags.OURS).latin1("a@localhost"));
        assertThat(scene.receive()).isEqualTo(status("ok").array());
        int challenge = expectChallenge(DistFlags.OURS);
        scene.send(bytes().u8('c').u32(DistFlags.OURS >>> 32).u32(77));
        prove(challenge);

        HandshakeResult result = success(handshake);
        assertThat(result.peer()).isEqualTo(PEER);
        assertThat(result.peerCreation()).isEqualTo(77);
        assertThat(result.peerFlags()).isEqualTo(DistFlags.OURS);
        assertThat(result.capabilities().spawn()).isTrue();
    }

    @Test
    void theOldMessageOfAnOldVersionIsRefused() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(bytes().u8('n').u16(4).u32(DistFlags.OURS).latin1("a@localhost"));

        assertThat(failure(handshake)).hasMessageContaining("version 4");
    }

    @Test
    void theMinimumOfOtp26IsEnough() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name("a@localhost", DistFlags.MANDATORY_26));
        scene.receive();
        prove(expectChallenge(DistFlags.OURS));

        assertThat(success(handshake).capabilities().frameFormat()).isEqualTo(FrameFormat.PASS_THROUGH);
    }

    @Test
    @Says(in = Section.FLAGS, value = "Pier answers not_allowed to an initiator without a mandatory flag.")
    void missingFlagsAreAnsweredAndNamed() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name("a@localhost", DistFlags.MANDATORY_25 & ~DistFlags.HANDSHAKE_23));

        assertThat(scene.receive()).isEqualTo(status("not_allowed").array());
        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.FLAGS_MISSING);
        assertThat(failure).hasMessageContaining("lacks flags that are mandatory since OTP 25: HANDSHAKE_23 (");
        assertThat(seen.get()).isNull();
    }

    @Test
    void thisNodesOwnNameIsRefused() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name("pier@localhost", DistFlags.OURS));

        assertThat(scene.receive()).isEqualTo(status("not_allowed").array());
        assertThat(failure(handshake)).hasMessageContaining("has this node's own name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nohost", "", "@", "a@", "@b", "a@b@c", "a@b c", "a@b\r\nc"})
    void anInvalidNameIsAViolation(String bad) throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name(bad, DistFlags.OURS));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.VIOLATION);
        assertThat(failure.getMessage()).doesNotContain("\r").doesNotContain("\n");
        assertThat(seen.get()).isNull();
        assertThat(scene.seesEnd()).isTrue();
    }

    @Test
    void aLongNameIsShortenedInTheError() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name("a".repeat(4000), DistFlags.OURS));

        assertThat(failure(handshake)).message().hasSizeLessThan(500);
    }

    @Test
    void anotherCookieEndsTheHandshakeWithoutAMessage() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        scene.send(bytes().u8('r').u32(1).raw(Cookie.of("other").digest(expectChallenge(DistFlags.OURS))));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.PEER_COOKIE_WRONG);
        assertThat(failure).hasMessage("a@localhost (flags 0x4d07df7fbc) has a different cookie");
        assertThat(scene.seesEnd()).isTrue();
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "Every handshake has a fresh random challenge.")
    void everyHandshakeHasItsOwnChallenge() throws IOException {
        FutureTask<HandshakeResult> one = start(new AcceptDecision.Ok());
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        int first = expectChallenge(DistFlags.OURS);
        scene.close();
        assertThat(failure(one).failure()).isEqualTo(Failure.CLOSED);

        scene = new LoopbackScene();
        FutureTask<HandshakeResult> another = start(new AcceptDecision.Ok());
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        int second = expectChallenge(DistFlags.OURS);
        prove(second);
        assertThat(success(another).peer()).isEqualTo(PEER);

        // Equal by chance once in four billion runs.
        assertThat(second).isNotEqualTo(first);
    }

    /// Where the initiator stops.
    enum ExitAt {
        NAME,
        ALIVE_ANSWER,
        PROOF
    }

    private void playUntil(ExitAt exit) throws IOException {
        if (exit == ExitAt.NAME) {
            return;
        }
        scene.send(name("a@localhost", DistFlags.OURS));
        scene.receive();
        if (exit == ExitAt.ALIVE_ANSWER) {
            return;
        }
        scene.send(status("true"));
        expectChallenge(DistFlags.OURS);
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void aPeerThatClosesTheConnectionEndsTheHandshake(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive());
        playUntil(exit);
        scene.leave();

        assertThat(failure(handshake).failure()).isEqualTo(Failure.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void aSilentPeerIsDisconnectedAtTheDeadline(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive(), Duration.ofMillis(1500));
        playUntil(exit);

        assertThat(failure(handshake).failure()).isEqualTo(Failure.DEADLINE);
        assertThat(scene.seesEnd()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void garbageEndsTheHandshake(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Alive());
        playUntil(exit);
        scene.send(bytes().latin1("\u0016\u0003\u0001 hello"));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.VIOLATION);
    }

    @Test
    void singleBytesDoNotExtendTheDeadline() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok(), Duration.ofMillis(300));
        scene.sendRaw((byte) 0x0f, (byte) 0xff);
        Thread dripping = Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    scene.sendRaw((byte) 'N');
                    Thread.sleep(Duration.ofMillis(20));
                }
            } catch (IOException | InterruptedException end) {
                // The deadline or the end of the test has closed the connection.
            }
        });

        assertThat(failure(handshake).failure()).isEqualTo(Failure.DEADLINE);
        dripping.interrupt();
    }

    @Test
    void anOversizedPacketIsRefusedUnread() throws IOException {
        FutureTask<HandshakeResult> handshake = start(new AcceptDecision.Ok());
        scene.sendRaw((byte) 0xff, (byte) 0xff);

        assertThat(failure(handshake)).hasMessageContaining("65535 bytes");
    }
}
