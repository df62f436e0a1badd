package dev.pier.erlang.epmd;

import static dev.pier.erlang.testing.Bytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.conformance.Says;
import dev.pier.erlang.conformance.Section;
import dev.pier.erlang.dist.NodeName;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The requests of [EpmdClient] and the locators, against a scripted EPMD.
class EpmdClientTest {
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
        return entry(alive, 6, 5);
    }

    private static Bytes entry(String alive, int highestVersion, int lowestVersion) {
        return bytes().u8(119)
                .u8(0)
                .u16(4711)
                .u8('H')
                .u8(0)
                .u16(highestVersion)
                .u16(lowestVersion)
                .u16(alive.length())
                .latin1(alive)
                .u16(0);
    }

    private static EpmdException failure(ThrowingCallable code) {
        return Optional.ofNullable(catchThrowableOfType(EpmdException.class, code))
                .orElseThrow(() -> new AssertionError("no EpmdException was thrown"));
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
    void anUnknownNameGivesNoEntry() throws IOException {
        epmd.answer(bytes().u8(119).u8(1).array());

        assertThat(client.lookup(TestHost.address(), "b")).isEmpty();
    }

    @Test
    @Says(
            in = Section.EPMD,
            value = "The node type is 77 for normal and 72 for hidden nodes; other values are accepted.")
    void anEntryMayHaveAnotherTypeAndOlderVersions() throws IOException {
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
    void aTruncatedReplyIsAnError() throws IOException {
        byte[] whole = entry("b").array();
        for (int length = 0; length < whole.length - 2; length++) {
            epmd.answer(Arrays.copyOf(whole, length));
            EpmdException failure = failure(() -> client.lookup(TestHost.address(), "b"));
            assertThat(failure.reason()).isEqualTo(EpmdException.Reason.UNREACHABLE);
            assertThat(failure).hasMessageEndingWith("closed the connection before its reply was complete");
        }
    }

    @Test
    void anotherServiceOnThePortIsRecognized() throws IOException {
        epmd.answer(bytes().latin1("HTTP/1.1 400 Bad Request\r\n\r\n").array());

        EpmdException failure = failure(() -> client.lookup(TestHost.address(), "b"));
        assertThat(failure.reason()).isEqualTo(EpmdException.Reason.MALFORMED_REPLY);
        assertThat(failure).hasMessageContaining("is not EPMD");
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
    void malformedNamesAreRefused() throws IOException {
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
        assertThat(failure).hasMessageEndingWith("did not answer in time");
    }

    @Test
    void noEpmdIsUnreachable() throws IOException {
        // Bound, so that no other process gets the port, and not listening.
        try (Socket bound = new Socket()) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            EpmdClient alone = client(bound.getLocalPort(), Duration.ofSeconds(20));

            EpmdException failure = failure(() -> alone.registerOnce("pier", 1, NodeType.HIDDEN));
            assertThat(failure.reason()).isEqualTo(EpmdException.Reason.UNREACHABLE);
            assertThat(failure)
                    .hasMessageStartingWith("no EPMD answers at ")
                    .hasMessageContaining(":" + bound.getLocalPort());
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
    void theErrorSaysWhyANodeIsNotFound() throws IOException {
        epmd.answer(bytes().u8(119).u8(1).array());
        EpmdLocator locator = new EpmdLocator(client);

        EpmdException unknown = failure(() -> locator.locate(NodeName.parse("b@localhost")));
        assertThat(unknown.reason()).isEqualTo(EpmdException.Reason.NODE_UNKNOWN);
        assertThat(unknown).hasMessage("node 'b' is not registered at the EPMD of localhost");

        EpmdException noHost = failure(() -> locator.locate(NodeName.parse("b@no..such..host")));
        assertThat(noHost.reason()).isEqualTo(EpmdException.Reason.HOST_UNKNOWN);
        assertThat(noHost).hasMessage("the host 'no..such..host' of the node b@no..such..host has no address");
    }

    @Test
    void aNodeOfAnotherVersionIsNotUsed() throws IOException {
        EpmdLocator locator = new EpmdLocator(client);
        for (int[] versions : new int[][] {{5, 5}, {5, 1}, {9, 7}}) {
            epmd.answer(entry("b", versions[0], versions[1]).array());
            EpmdException failure = failure(() -> locator.locate(NodeName.parse("b@localhost")));
            assertThat(failure.reason()).isEqualTo(EpmdException.Reason.VERSION_UNSUPPORTED);
            assertThat(failure)
                    .hasMessage("node 'b' speaks distribution versions %d to %d, this node needs 6 (OTP 23 or later)"
                            .formatted(versions[1], versions[0]));
        }
    }

    @Test
    void withoutEpmdAddressesAreConfigured() throws IOException {
        NodeLocator locator = new StaticLocator(
                Map.of(NodeName.parse("b@elsewhere"), InetSocketAddress.createUnresolved("localhost", 9100))::get,
                new FixedPortLocator(4370));

        assertThat(List.of(
                        locator.locate(NodeName.parse("b@elsewhere")), locator.locate(NodeName.parse("c@localhost"))))
                .extracting(InetSocketAddress::getPort)
                .containsExactly(9100, 4370);
    }
}
