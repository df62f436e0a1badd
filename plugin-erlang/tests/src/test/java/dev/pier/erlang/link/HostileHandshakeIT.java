package dev.pier.erlang.link;

import static dev.pier.erlang.testing.Bytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.Reply;
import dev.pier.erlang.link.HostileScene.Way;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.ScriptedConnection;
import dev.pier.erlang.testing.ScriptedConnection.Step;
import dev.pier.erlang.testing.ScriptedPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Peers that stay silent, send nonsense or prove nothing during the handshake delay no other peer and cause few
/// warnings.
class HostileHandshakeIT {
    private static final int HANDSHAKES = 16;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static HostileScene scene;

    private ScriptedPeer hostile;
    private LogCapture log;

    @BeforeAll
    static void start() throws IOException {
        scene = new HostileScene(erlang);
    }

    @AfterAll
    static void stop() {
        scene.close();
    }

    @BeforeEach
    void listen() {
        hostile = ScriptedPeer.named("hostile").cookie(erlang.cookie());
        log = LogCapture.begin();
    }

    @AfterEach
    void hangUp() {
        log.close();
        hostile.close();
    }

    @Test
    void aSilentSocketIsClosedAndDelaysNoPeer() throws Exception {
        // A node of its own: a node logs each distinct warning once a minute.
        try (TestNode fresh = TestNode.start(erlang.cookie())) {
            try (ScriptedConnection silent = hostile.connect(fresh.name())) {
                assertThat(erlang.eval("net_adm:ping('" + fresh.name() + "')")).isEqualTo("pong");
                scene.othersWork();
                silent.expectClosed();
            }
            Await.asserted(
                    "the warning",
                    () -> assertThat(log.warnings("an unidentified peer did not send its name"))
                            .hasSize(1));
        }
    }

    @Test
    void manySilentSocketsAreRefusedWithOneWarning() {
        List<ScriptedConnection> silent = new ArrayList<>();
        for (int i = 0; i < 3 * HANDSHAKES; i++) {
            silent.add(hostile.connect(scene.node().name()));
        }
        scene.othersWork();
        silent.forEach(ScriptedConnection::expectClosed);
        silent.forEach(ScriptedConnection::close);
        try (ScriptedConnection connection = scene.open(Way.PEER_CONNECTS, hostile)) {
            scene.answers(hostile, connection);
        }
        assertThat(log.warnings("max-handshakes")).hasSize(1);
        assertThat(log.warnings("")).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aPeerThatAcceptsAndSendsNothingDelaysNoCall() {
        CompletableFuture<Reply> call = scene.node().peer(scene.link(hostile)).callAsync("m", "f");
        try (ScriptedConnection mute = hostile.accept()) {
            mute.expectName();
            scene.othersWork();
            assertThat(call).as("it still waits").isNotDone();
        }
        assertThat(Await.value("its end", call::isCompletedExceptionally, ended -> ended))
                .isTrue();
    }

    @Test
    void aNameWithoutHostIsRefused() {
        try (ScriptedConnection connection = hostile.connect(scene.node().name())) {
            connection.sendName("nohost", ScriptedPeer.MODERN_FLAGS);
            connection.expectClosed();
        }
        Await.asserted("the warning", () -> assertThat(log.warnings("nohost")).hasSize(1));
        scene.othersWork();
        try (ScriptedConnection next = scene.open(Way.PEER_CONNECTS, hostile)) {
            scene.answers(hostile, next);
        }
    }

    @Test
    void missingFlagsAreRefusedAndNamed() {
        try (ScriptedConnection connection = hostile.connect(scene.node().name())) {
            connection.sendName(hostile.nodeName(), 0x1000000);
            connection.expectStatus("not_allowed");
            connection.expectClosed();
        }
        Await.asserted(
                "the warning",
                () -> assertThat(log.warnings(hostile.nodeName()))
                        .singleElement()
                        .asString()
                        .contains("0x1000000")
                        .contains("mandatory since OTP 25"));
    }

    @Test
    void anOversizedHandshakePacketIsRefused() {
        for (int claimed : List.of(0xffff, 0x4000)) {
            try (ScriptedConnection connection = hostile.connect(scene.node().name())) {
                connection.sendRaw(bytes().u16(claimed).u8('N').array());
                connection.expectClosed();
            }
        }
        Await.asserted(
                "the warnings",
                () -> assertThat(log.warnings("a handshake packet of")).hasSize(2));
        scene.othersWork();
    }

    @Test
    void aRepeatedlyWrongCookieIsRefusedWithOneWarning() {
        for (int i = 0; i < 5; i++) {
            try (ScriptedConnection connection = hostile.connect(scene.node().name())) {
                connection.initiateHandshake(Step.CHALLENGE);
                connection.sendReply(ScriptedConnection.wrongDigest());
                connection.expectClosed();
            }
        }
        Await.asserted(
                "all five refusals",
                () -> assertThat(log.lines(Level.DEBUG, "has a different cookie"))
                        .hasSize(5));
        assertThat(log.warnings(""))
                .singleElement()
                .asString()
                .contains(hostile.nodeName())
                .contains("has a different cookie");
        assertThat(log.text()).doesNotContain(erlang.cookie());
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void closingDuringTheHandshakeCausesNoWarning(Step last) {
        try (ScriptedConnection connection = hostile.connect(scene.node().name())) {
            connection.initiateHandshake(last);
        }
        scene.othersWork();
        scene.awaitEnd(hostile);
        assertThat(log.warnings("")).isEmpty();
    }
}
