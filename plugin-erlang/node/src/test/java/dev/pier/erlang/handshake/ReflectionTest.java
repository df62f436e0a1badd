package dev.pier.erlang.handshake;

import static dev.pier.erlang.handshake.LoopbackScene.failure;
import static dev.pier.erlang.handshake.LoopbackScene.success;
import static dev.pier.erlang.testing.Bytes.bytes;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.dist.DistFlags;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.handshake.Packets.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A stranger between connections of this JVM: it hands challenges from one to another, to get the proof that
/// it cannot make.
class ReflectionTest {
    private static final NodeName US = NodeName.parse("pier@localhost");
    private static final NodeName PEER = NodeName.parse("b@localhost");
    private static final NodeName STRANGER = NodeName.parse("x@localhost");
    private static final Cookie COOKIE = Cookie.of("secret");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private LoopbackScene one;
    private LoopbackScene other;

    @BeforeEach
    void connect() throws IOException {
        one = new LoopbackScene();
        other = new LoopbackScene();
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        other.close();
    }

    private static FutureTask<HandshakeResult> initiate(LoopbackScene scene) throws IOException {
        Initiator initiator = new Initiator(Identity.of(US, 7, DistFlags.OURS), COOKIE, TIMEOUT);
        FutureTask<HandshakeResult> handshake =
                scene.start(() -> initiator.connect(scene.transport(), PEER, () -> true));
        scene.receive();
        scene.send(bytes().latin1("sok"));
        return handshake;
    }

    private static FutureTask<HandshakeResult> accept(LoopbackScene scene) throws IOException {
        Acceptor acceptor = new Acceptor(Identity.of(US, 7, DistFlags.OURS), COOKIE, TIMEOUT);
        FutureTask<HandshakeResult> handshake =
                scene.start(() -> acceptor.accept(scene.transport(), _ -> new AcceptDecision.Ok()));
        scene.send(bytes().raw(Packets.hello(Identity.of(STRANGER, 5, DistFlags.OURS))));
        assertThat(new String(scene.receive(), US_ASCII)).isEqualTo("sok");
        return handshake;
    }

    private static int challengeOfAcceptor(LoopbackScene scene) throws IOException {
        return Packets.readChallenge(ByteBuffer.wrap(scene.receive())).challenge();
    }

    private static void challenge(LoopbackScene scene, int challenge) throws IOException {
        scene.send(bytes().raw(Packets.challenge(Identity.of(PEER, 5, DistFlags.OURS), challenge)));
    }

    private static Reply reply(LoopbackScene scene) throws IOException {
        return Packets.readReply(ByteBuffer.wrap(scene.receive()));
    }

    @Test
    void anInitiatorDoesNotProveTheChallengeOfAnAcceptor() throws IOException {
        FutureTask<HandshakeResult> accepted = accept(other);
        FutureTask<HandshakeResult> initiated = initiate(one);
        challenge(one, challengeOfAcceptor(other));

        assertThat(one.seesEnd()).as("nothing was proved").isTrue();
        assertThat(failure(initiated).failure()).isEqualTo(Failure.REFLECTED);
        assertThat(failure(initiated)).hasMessageStartingWith("b@localhost sent a challenge that this node itself");
        assertThat(accepted).isNotDone();
    }

    @Test
    void anInitiatorDoesNotProveTheChallengeOfAnotherInitiator() throws IOException {
        FutureTask<HandshakeResult> first = initiate(one);
        challenge(one, 1);
        int ours = reply(one).challenge();
        FutureTask<HandshakeResult> second = initiate(other);
        challenge(other, ours);

        assertThat(other.seesEnd()).as("nothing was proved").isTrue();
        assertThat(failure(second).failure()).isEqualTo(Failure.REFLECTED);
        assertThat(first).isNotDone();
    }

    /// The initiator's challenge comes back in the reply to the acceptor.
    @Test
    void anAcceptorDoesNotProveTheChallengeOfAnInitiator() throws IOException {
        FutureTask<HandshakeResult> initiated = initiate(one);
        challenge(one, 1);
        int ours = reply(one).challenge();
        FutureTask<HandshakeResult> accepted = accept(other);
        other.send(bytes().raw(Packets.reply(ours, COOKIE.digest(challengeOfAcceptor(other)))));

        assertThat(other.seesEnd()).as("nothing was proved").isTrue();
        assertThat(failure(accepted).failure()).isEqualTo(Failure.REFLECTED);
        assertThat(initiated).isNotDone();
    }

    @Test
    void anAcceptorDoesNotProveItsOwnChallenge() throws IOException {
        FutureTask<HandshakeResult> accepted = accept(one);
        int ours = challengeOfAcceptor(one);
        one.send(bytes().raw(Packets.reply(ours, COOKIE.digest(ours))));

        assertThat(one.seesEnd()).as("nothing was proved").isTrue();
        assertThat(failure(accepted).failure()).isEqualTo(Failure.REFLECTED);
    }

    @Test
    void aChallengeIsForgottenWithItsHandshake() throws IOException {
        FutureTask<HandshakeResult> accepted = accept(other);
        int ours = challengeOfAcceptor(other);
        other.leave();
        assertThat(failure(accepted).failure()).isEqualTo(Failure.CLOSED);

        FutureTask<HandshakeResult> initiated = initiate(one);
        challenge(one, ours);
        Reply reply = reply(one);
        assertThat(reply.digest()).isEqualTo(COOKIE.digest(ours));
        one.send(bytes().raw(Packets.ack(COOKIE.digest(reply.challenge()))));
        assertThat(success(initiated).peer()).isEqualTo(PEER);
    }
}
