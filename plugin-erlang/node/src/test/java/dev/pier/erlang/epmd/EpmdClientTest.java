package dev.pier.erlang.epmd;

import static dev.pier.erlang.testing.Bytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.Bytes;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against an EPMD that the test plays.
class EpmdClientTest {
    private static final EpmdRegistration.Listener DEAF = new EpmdRegistration.Listener() {
        @Override
        public void lost() {}

        @Override
        public void retryFailed(EpmdException cause) {}

        @Override
        public void restored() {}
    };

    private ScriptedEpmd epmd;
    private EpmdClient client;

    @BeforeEach
    void start() throws IOException {
        epmd = new ScriptedEpmd(0);
        client = client(epmd.port(), Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() throws IOException {
        epmd.close();
    }

    private static EpmdClient client(int port, Duration readTimeout) {
        return new EpmdClient(new InetSocketAddress(TestHost.address(), port), Duration.ofSeconds(20), readTimeout);
    }

    private static Bytes entry(String alive) {
        return bytes().u8(119)
                .u8(0)
                .u16(4711)
                .u8('H')
                .u8(0)
                .u16(6)
                .u16(5)
                .u16(alive.length())
                .latin1(alive)
                .u16(0);
    }

    private static EpmdException failure(ThrowingCallable code) {
        return Optional.ofNullable(catchThrowableOfType(EpmdException.class, code))
                .orElseThrow(() -> new AssertionError("it succeeded"));
    }

    @Test
    @Says(in = Section.SILENT, value = "EPMD's reply may arrive in pieces.")
    void aReplyMayComeInPieces() throws IOException {
        epmd.answerInPieces(entry("b").array());

        assertThat(client.lookup(TestHost.address(), "b"))
                .contains(new EpmdEntry("b", 4711, Optional.of(NodeType.HIDDEN), 6, 5));
        assertThat(epmd.request()).isEqualTo(bytes().u8(122).latin1("b").array());
    }

    @Test
    @Says(in = Section.EPMD, value = "PORT2_RESP for an unknown name has two bytes.")
    void anUnknownNameIsNoError() throws IOException {
        epmd.answer(bytes().u8(119).u8(1).array());

        assertThat(client.lookup(TestHost.address(), "b")).isEmpty();
    }

    @Test
    @Says(
            in = Section.EPMD,
            value = "The node type is 77 for normal and 72 for hidden nodes; other values are accepted.")
    void othersRegisterTypesOfTheirOwn() throws IOException {
        epmd.answer(bytes().u8(119)
                .u8(0)
                .u16(1)
                .u8('n')
                .u8(0)
                .u16(5)
                .u16(5)
                .u16(1)
                .latin1("j")
                .u16(0)
                .array());

        EpmdEntry entry = client.lookup(TestHost.address(), "j").orElseThrow();
        assertThat(entry.type()).isEmpty();
        assertThat(entry.speaksOurVersion()).isFalse();
    }

    @Test
    void aReplyCutAnywhereIsNoAnswer() throws IOException {
        byte[] whole = entry("b").array();
        for (int length = 0; length < whole.length - 2; length++) {
            epmd.answer(Arrays.copyOf(whole, length));
            EpmdException failure = failure(() -> client.lookup(TestHost.address(), "b"));
            assertThat(failure.reason()).isEqualTo(EpmdException.Reason.UNREACHABLE);
            assertThat(failure).hasMessageEndingWith("closed the connection before its reply was whole");
        }
    }

    @Test
    void somethingElseOnThePortIsNoEpmd() throws IOException {
        epmd.answer(bytes().latin1("HTTP/1.1 400 Bad Request\r\n\r\n").array());

        EpmdException failure = failure(() -> client.lookup(TestHost.address(), "b"));
        assertThat(failure.reason()).isEqualTo(EpmdException.Reason.MALFORMED_REPLY);
        assertThat(failure).hasMessageContaining("no EPMD");
    }

    @Test
    @Says(in = Section.EPMD, value = "NAMES_REQ lists the active nodes, one per line.")
    void namesAreLines() throws IOException {
        epmd.answerInPieces(bytes().u32(epmd.port())
                .latin1("name a at port 1001\nname b-2 at port 65535\n")
                .array());

        assertThat(client.names(TestHost.address()))
                .containsExactly(new EpmdName("a", 1001), new EpmdName("b-2", 65535));
        assertThat(epmd.request()).containsExactly(110);
    }

    @Test
    void namesThatAreNoneAreRefused() throws IOException {
        epmd.answer(bytes().u32(1).latin1("name a\n").array());

        assertThat(failure(() -> client.names(TestHost.address())).reason())
                .isEqualTo(EpmdException.Reason.MALFORMED_REPLY);
    }

    @Test
    void aSilentEpmdIsLeftAtTheDeadline() throws IOException {
        epmd.hold();

        EpmdException failure =
                failure(() -> client(epmd.port(), Duration.ofMillis(200)).lookup(TestHost.address(), "b"));
        assertThat(failure.reason()).isEqualTo(EpmdException.Reason.UNREACHABLE);
        assertThat(failure).hasMessageEndingWith("does not answer in time");
    }

    @Test
    void noEpmdIsUnreachable() throws IOException {
        // Bound, so that nobody else gets the port meanwhile, and not listening.
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            EpmdClient alone = client(nobody.getLocalPort(), Duration.ofSeconds(20));

            EpmdException failure = failure(() -> alone.register("pier", 1, NodeType.HIDDEN, DEAF));
            assertThat(failure.reason()).isEqualTo(EpmdException.Reason.UNREACHABLE);
            assertThat(failure)
                    .hasMessageStartingWith("no EPMD answers at ")
                    .hasMessageContaining(":" + nobody.getLocalPort());
        }
    }

    @Test
    @Says(in = Section.EPMD, value = "A current EPMD answers ALIVE2_X_RESP, with a 32-bit creation.")
    void registeringGivesTheCreation() throws IOException {
        epmd.hold(bytes().u8(118).u8(0).u32(0x6b013f8bL).array());

        try (EpmdRegistration registration = client.register("pier", 4711, NodeType.HIDDEN, DEAF)) {
            assertThat(registration.creation()).isEqualTo(0x6b013f8b);
            assertThat(registration.registered()).isTrue();
            assertThat(epmd.request())
                    .isEqualTo(bytes().u8(120)
                            .u16(4711)
                            .u8(72)
                            .u8(0)
                            .u16(6)
                            .u16(6)
                            .u16(4)
                            .latin1("pier")
                            .u16(0)
                            .array());
        }
        assertThat(epmd.seesEndOfHeld()).isTrue();
    }

    @Test
    @Says(in = Section.EPMD, value = "An older EPMD answers ALIVE2_RESP, with a 16-bit creation.")
    void anOldEpmdGivesAShortCreation() throws IOException {
        epmd.hold(bytes().u8(121).u8(0).u16(3).array());

        try (EpmdRegistration registration = client.register("pier", 4711, NodeType.NORMAL, DEAF)) {
            assertThat(registration.creation()).isEqualTo(3);
        }
    }

    @Test
    @Says(in = Section.EPMD, value = "EPMD refuses a registration with a result above 0.")
    void aTakenNameIsSaidSo() throws IOException {
        epmd.answer(Bytes.hex("760100000063"));

        EpmdException failure = failure(() -> client.register("pier", 1, NodeType.HIDDEN, DEAF));
        assertThat(failure.reason()).isEqualTo(EpmdException.Reason.NAME_TAKEN);
        assertThat(failure).hasMessageContaining("refuses the name 'pier'");
    }

    @Test
    @Says(in = Section.SILENT, value = "A node that registers again keeps its first creation.")
    void afterTheDeathOfEpmdItRegistersAgainAndKeepsTheFirstCreation() throws IOException {
        IntFunction<byte[]> registered =
                creation -> bytes().u8(118).u8(0).u32(creation).array();
        epmd.hold(registered.apply(11));
        RecordingListener listener = new RecordingListener();
        EpmdClient first = client;
        try (EpmdRegistration registration = new EpmdRegistration(
                "pier", Duration.ofMillis(20), listener, () -> first.registerOnce("pier", 1, NodeType.HIDDEN))) {
            registration.start();
            int port = epmd.port();
            epmd.close();
            Await.until("the loss to be noticed", () -> listener.lost.get() == 1 && listener.failed.get() > 1);
            assertThat(registration.registered()).isFalse();

            epmd = new ScriptedEpmd(port);
            epmd.answer(Bytes.hex("760100000063"));
            epmd.hold(registered.apply(12));
            Await.until("the new registration", () -> listener.restored.get() == 1);
            assertThat(registration.registered()).isTrue();
            assertThat(registration.creation()).isEqualTo(11);
            assertThat(listener.lost).hasValue(1);
        }
        assertThat(epmd.seesEndOfHeld()).isTrue();
    }

    @Test
    void closingWhileEpmdIsAwayEndsTheAttempts() throws Exception {
        epmd.hold(bytes().u8(118).u8(0).u32(11).array());
        RecordingListener listener = new RecordingListener();
        AtomicInteger attempts = new AtomicInteger();
        EpmdClient first = client;
        EpmdRegistration registration = new EpmdRegistration("pier", Duration.ofMillis(5), listener, () -> {
            attempts.incrementAndGet();
            return first.registerOnce("pier", 1, NodeType.HIDDEN);
        });
        registration.start();
        epmd.close();
        Await.until("attempts", () -> listener.failed.get() > 2);
        registration.close();
        registration.close();

        assertThat(registration.awaitEnd(Await.PATIENCE)).isTrue();
        assertThat(registration.registered()).isFalse();
    }

    private static final class RecordingListener implements EpmdRegistration.Listener {
        final AtomicInteger lost = new AtomicInteger();
        final AtomicInteger failed = new AtomicInteger();
        final AtomicInteger restored = new AtomicInteger();

        @Override
        public void lost() {
            lost.incrementAndGet();
        }

        @Override
        public void retryFailed(EpmdException cause) {
            failed.incrementAndGet();
        }

        @Override
        public void restored() {
            restored.incrementAndGet();
        }
    }

    @Test
    void aNodeIsFoundThroughTheEpmdOfItsHost() throws IOException {
        epmd.answer(entry("b").array());
        InetSocketAddress address = new EpmdLocator(client).locate(NodeName.parse("b@localhost"));

        assertThat(address.isUnresolved()).isFalse();
        assertThat(address.getPort()).isEqualTo(4711);
    }

    @Test
    void whyANodeIsNotFoundIsSaid() throws IOException {
        epmd.answer(bytes().u8(119).u8(1).array());
        EpmdLocator locator = new EpmdLocator(client);

        EpmdException unknown = failure(() -> locator.locate(NodeName.parse("b@localhost")));
        assertThat(unknown.reason()).isEqualTo(EpmdException.Reason.NODE_UNKNOWN);
        assertThat(unknown).hasMessage("the EPMD of localhost knows no node 'b'");

        EpmdException noHost = failure(() -> locator.locate(NodeName.parse("b@no..such..host")));
        assertThat(noHost.reason()).isEqualTo(EpmdException.Reason.HOST_UNKNOWN);
        assertThat(noHost).hasMessage("the host 'no..such..host' of the node b@no..such..host has no address");
    }

    @Test
    void withoutEpmdAddressesAreWrittenDown() throws IOException {
        NodeLocator locator = new StaticLocator(
                Map.of(NodeName.parse("b@elsewhere"), InetSocketAddress.createUnresolved("localhost", 9100)),
                new FixedPortLocator(4370));

        assertThat(List.of(
                        locator.locate(NodeName.parse("b@elsewhere")), locator.locate(NodeName.parse("c@localhost"))))
                .extracting(InetSocketAddress::getPort)
                .containsExactly(9100, 4370);
    }
}
