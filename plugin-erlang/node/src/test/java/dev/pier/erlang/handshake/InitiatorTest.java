package dev.pier.erlang.handshake;

import static dev.pier.erlang.handshake.LoopbackScene.failure;
import static dev.pier.erlang.handshake.LoopbackScene.success;
import static dev.pier.erlang.testing.Bytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Our side connects; the test plays the acceptor.
class InitiatorTest {
    private static final NodeName US = NodeName.parse("pier@localhost");
    private static final NodeName PEER = NodeName.parse("b@localhost");
    private static final Cookie COOKIE = Cookie.of("secret");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int PEER_CREATION = 0x6b013f8b;
    private static final int CHALLENGE = 0xffffffff;

    private LoopbackScene scene;

    @BeforeEach
    void connect() throws IOException {
        scene = new LoopbackScene();
    }

    @AfterEach
    void close() throws IOException {
        scene.close();
    }

    private FutureTask<HandshakeResult> start(Identity self, Duration stepTimeout, BooleanSupplier replaceOld) {
        Initiator initiator = new Initiator(self, COOKIE, stepTimeout);
        return scene.start(() -> initiator.connect(scene.transport(), PEER, replaceOld));
    }

    private FutureTask<HandshakeResult> start() {
        return start(Identity.of(US, 7, DistFlags.OURS), TIMEOUT, () -> true);
    }

    private static Bytes status(String text) {
        return bytes().latin1("s" + text);
    }

    private static Bytes challenge(String name, long flags) {
        return bytes().u8('N')
                .u64(flags)
                .u32(CHALLENGE)
                .u32(PEER_CREATION)
                .u16(name.length())
                .latin1(name);
    }

    private void finishAsAcceptor() throws IOException {
        scene.send(challenge("b@localhost", DistFlags.OURS));
        ByteBuffer reply = ByteBuffer.wrap(scene.receive());
        assertThat(reply.get()).isEqualTo((byte) 'r');
        int theirChallenge = reply.getInt();
        byte[] digest = new byte[16];
        reply.get(digest);
        assertThat(digest).isEqualTo(Bytes.hex("5dfd181e69aa587cc812eb333e6536b6"));
        scene.send(bytes().u8('a').raw(COOKIE.digest(theirChallenge)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ok", "ok_simultaneous"})
    void continues(String status) throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        assertThat(scene.receive())
                .isEqualTo(bytes().u8('N')
                        .u64(DistFlags.OURS)
                        .u32(7)
                        .u16(14)
                        .latin1("pier@localhost")
                        .array());
        scene.send(status(status));
        finishAsAcceptor();

        HandshakeResult result = success(handshake);
        assertThat(result.self()).isEqualTo(US);
        assertThat(result.creation()).isEqualTo(7);
        assertThat(result.peer()).isEqualTo(PEER);
        assertThat(result.peerCreation()).isEqualTo(PEER_CREATION);
        assertThat(result.peerHidden()).isTrue();
        assertThat(result.capabilities().frameFormat()).isEqualTo(FrameFormat.HEADER);
    }

    @Test
    @Says(in = Section.HANDSHAKE, value = "Bytes after the node name are ignored.")
    void bytesAfterTheNameAreIgnored() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.receive();
        scene.send(status("ok"));
        scene.send(
                challenge("b@localhost", DistFlags.OURS | DistFlags.PUBLISHED).u32(0x01020304));
        ByteBuffer reply = ByteBuffer.wrap(scene.receive());
        scene.send(bytes().u8('a').raw(COOKIE.digest(reply.getInt(1))));

        assertThat(success(handshake).peerHidden()).isFalse();
    }

    @Test
    void aliveIsAnsweredTrueIfTheOldConnectionIsDead() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.receive();
        scene.send(status("alive"));
        assertThat(scene.receive()).isEqualTo(status("true").array());
        finishAsAcceptor();

        assertThat(success(handshake).peer()).isEqualTo(PEER);
    }

    @Test
    void aliveIsAnsweredFalseIfTheOldConnectionWorks() throws IOException {
        FutureTask<HandshakeResult> handshake = start(Identity.of(US, 7, DistFlags.OURS), TIMEOUT, () -> false);
        scene.receive();
        scene.send(status("alive"));

        assertThat(scene.receive()).isEqualTo(status("false").array());
        assertThat(failure(handshake).failure()).isEqualTo(Failure.ALREADY_CONNECTED);
    }

    @Test
    void nokMeansThatThePeerConnectsItself() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("nok"));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.PEER_CONNECTS);
        assertThat(failure).hasMessage("b@localhost is connecting to this node itself, and that connection is used");
    }

    @Test
    void notAllowedNamesTheMissingFlagsAndTheirRelease() throws IOException {
        long flags = DistFlags.OURS & ~DistFlags.MANDATORY_25_DIGEST & ~DistFlags.MAP_TAG & ~DistFlags.V4_NC;
        FutureTask<HandshakeResult> handshake = start(Identity.of(US, 7, flags), TIMEOUT, () -> true);
        scene.send(status("not_allowed"));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.REJECTED_BY_PEER);
        assertThat(failure)
                .hasMessage("b@localhost rejected this node: the flags of this node, 0x4903dd7fbc, lack"
                        + " MAP_TAG (OTP 25 and later), V4_NC (OTP 26 and later)");
    }

    @Test
    void notAllowedWithCompleteFlagsNamesTheAllowList() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("not_allowed"));

        assertThat(failure(handshake)).hasMessageContaining("0x4d07df7fbc").hasMessageContaining("net_kernel:allow");
    }

    @Test
    void aNodeWithoutNameTakesTheNameThatItGets() throws IOException {
        FutureTask<HandshakeResult> handshake =
                start(Identity.nameless("localhost", DistFlags.OURS), TIMEOUT, () -> true);
        assertThat(scene.receive())
                .isEqualTo(bytes().u8('N')
                        .u64(DistFlags.OURS | DistFlags.NAME_ME)
                        .u32(0)
                        .u16(9)
                        .latin1("localhost")
                        .array());
        scene.send(status("named:").u16(23).latin1("2I7GGEO3JP5UE@localhost").u32(99));
        finishAsAcceptor();

        HandshakeResult result = success(handshake);
        assertThat(result.self()).isEqualTo(NodeName.parse("2I7GGEO3JP5UE@localhost"));
        assertThat(result.creation()).isEqualTo(99);
    }

    @Test
    void aNodeWithANameDoesNotTakeAnother() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("named:").u16(11).latin1("x@localhost").u32(99));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.VIOLATION);
    }

    @Test
    void aNodeWithoutNameNeedsAName() throws IOException {
        FutureTask<HandshakeResult> handshake =
                start(Identity.nameless("localhost", DistFlags.OURS), TIMEOUT, () -> true);
        scene.send(status("ok"));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.VIOLATION);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "OK", "okay", "named", "named:"})
    void anUnknownStatusIsAViolation(String status) throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status(status));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.VIOLATION);
    }

    @Test
    void anotherNodeAtTheAddressIsNotThePeer() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("ok"));
        scene.send(challenge("c@localhost", DistFlags.OURS));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.VIOLATION);
        assertThat(failure).hasMessage("b@localhost was not reached: the node at its address is called c@localhost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"b", "@", "b@", "@localhost", "b@c@d", "b@local\nhost", "b@lo\u00e4l"})
    void anInvalidNameIsAViolation(String name) throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("ok"));
        scene.send(challenge(name, DistFlags.OURS));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.VIOLATION);
        assertThat(failure.getMessage()).doesNotContain("\n");
    }

    @Test
    void missingFlagsOfThePeerAreNamed() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("ok"));
        scene.send(challenge("b@localhost", DistFlags.MANDATORY_25 & ~DistFlags.UTF8_ATOMS & ~DistFlags.BIG_CREATION));

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.FLAGS_MISSING);
        assertThat(failure)
                .hasMessage("b@localhost lacks flags that are mandatory since OTP 25: UTF8_ATOMS, BIG_CREATION"
                        + " (its flags are 0x1020f94)");
    }

    @Test
    @Says(in = Section.FLAGS, value = "DFLAG_MANDATORY_25_DIGEST implies every flag that OTP 25 requires.")
    void theDigestFlagStandsForAllMandatoryFlagsOfOtp25() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(status("ok"));
        scene.receive();
        scene.send(challenge("b@localhost", DistFlags.MANDATORY_25_DIGEST));
        ByteBuffer reply = ByteBuffer.wrap(scene.receive());
        scene.send(bytes().u8('a').raw(COOKIE.digest(reply.getInt(1))));

        HandshakeResult result = success(handshake);
        assertThat(result.capabilities().flags() & DistFlags.MANDATORY_25).isEqualTo(DistFlags.MANDATORY_25);
        assertThat(result.capabilities().frameFormat()).isEqualTo(FrameFormat.PASS_THROUGH);
    }

    @Test
    void aPeerThatClosesTheConnectionAfterTheProofHasAnotherCookie() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.receive();
        scene.send(status("ok"));
        scene.send(challenge("b@localhost", DistFlags.OURS));
        scene.receive();
        scene.leave();

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.OUR_COOKIE_NOT_ACCEPTED);
        assertThat(failure)
                .hasMessageContaining("its cookie is probably different")
                .hasMessageContaining("0x4d07df7fbc");
    }

    @Test
    void aWrongProofOfThePeerIsRefused() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.receive();
        scene.send(status("ok"));
        scene.send(challenge("b@localhost", DistFlags.OURS));
        ByteBuffer reply = ByteBuffer.wrap(scene.receive());
        scene.send(bytes().u8('a').raw(Cookie.of("other").digest(reply.getInt(1))));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.PEER_COOKIE_WRONG);
        assertThat(scene.seesEnd()).isTrue();
    }

    /// Where the acceptor stops.
    enum ExitAt {
        STATUS,
        CHALLENGE,
        PROOF
    }

    private void playUntil(ExitAt exit) throws IOException {
        scene.receive();
        if (exit == ExitAt.STATUS) {
            return;
        }
        scene.send(status("ok"));
        if (exit == ExitAt.CHALLENGE) {
            return;
        }
        scene.send(challenge("b@localhost", DistFlags.OURS));
        scene.receive();
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void aPeerThatClosesTheConnectionEndsTheHandshake(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        playUntil(exit);
        scene.leave();

        assertThat(failure(handshake).failure())
                .isEqualTo(exit == ExitAt.PROOF ? Failure.OUR_COOKIE_NOT_ACCEPTED : Failure.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void aSilentPeerIsDisconnectedAtTheDeadline(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake =
                start(Identity.of(US, 7, DistFlags.OURS), Duration.ofMillis(1500), () -> true);
        playUntil(exit);

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.DEADLINE);
        assertThat(failure)
                .hasMessageContaining("b@localhost did not send its ")
                .hasMessageEndingWith(" within 1500 ms");
        assertThat(scene.seesEnd()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(ExitAt.class)
    void garbageEndsTheHandshake(ExitAt exit) throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        playUntil(exit);
        scene.send(bytes().latin1("GET / HTTP/1.1\r\n\r\n"));

        assertThat(failure(handshake).failure()).isEqualTo(Failure.VIOLATION);
    }

    @Test
    void anEmptyPacketIsAViolation() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.send(bytes());

        assertThat(failure(handshake)).hasMessageContaining("a truncated packet of 0 bytes instead of its status");
    }

    @Test
    void anOversizedPacketIsRefusedUnread() throws IOException {
        FutureTask<HandshakeResult> handshake = start();
        scene.sendRaw((byte) 0x10, (byte) 0x01);

        HandshakeException failure = failure(handshake);
        assertThat(failure.failure()).isEqualTo(Failure.VIOLATION);
        assertThat(failure).hasMessageContaining("4097 bytes");
    }
}
