package dev.pier.erlang.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import dev.pier.erlang.testing.TestCa;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestTls;
import dev.pier.erlang.transport.TlsSettings.Names;
import dev.pier.erlang.transport.TlsSettings.Verify;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sentence for each reason for which two sides do not come together, on both of them.
class TlsRefusalsTest {
    private static final TestCa OTHER_CA = TestCa.create("Other CA");
    private static final TestTls GOOD = TestTls.create();
    private static final TestTls EXPIRED = of(issued("old", -9, -1));
    private static final TestTls FUTURE = of(issued("new", 1, 2));
    private static final TestTls OF_OTHER_HOST = of(TestTls.ca().issue("stray", "a.example.com", "10.0.0.3"));
    private static final TestTls UNKNOWN = of(OTHER_CA.issue("stranger", TestHost.NAME));

    private TlsScene scene;

    /// @param from in days from now
    /// @param to in days from now
    private static TestCa.Issued issued(String subject, int from, int to) {
        Instant now = Instant.now();
        return TestTls.ca()
                .issue(subject, now.plus(Duration.ofDays(from)), now.plus(Duration.ofDays(to)), TestHost.NAME);
    }

    private static TestTls of(TestCa.Issued certificate) {
        return TestTls.of(certificate, TestTls.ca());
    }

    @BeforeEach
    void open() throws IOException {
        scene = new TlsScene();
    }

    @AfterEach
    void close() throws IOException {
        scene.close();
    }

    private static TlsSettings settings(TestTls files) {
        return TlsScene.settings(files);
    }

    /// The two ends of an attempt.
    private record Outcome(TlsScene.End connecting, TlsScene.End accepting) {}

    private Outcome meet(TlsSettings connecting, TlsSettings accepting) throws IOException {
        FutureTask<TlsScene.End> accepted = scene.accept(Tls.load(accepting));
        FutureTask<TlsScene.End> connected = scene.connect(Tls.load(connecting));
        return new Outcome(TlsScene.result(connected), TlsScene.result(accepted));
    }

    private static void assertRefused(TlsScene.End end, String... parts) {
        assertThat(end.refused().failure()).isEqualTo(Failure.TLS_REFUSED);
        assertThat(end.refused()).hasMessageContainingAll(parts);
    }

    /// In TLS 1.3, the side that connects has finished when the other refuses its certificate: it learns of that with
    /// the first packet.
    private static HandshakeException firstPacket(TlsScene.End end) {
        try {
            byte[] packet = end.open().packets().receive(TlsScene.WITHIN);
            throw new AssertionError("a packet of " + packet.length + " bytes");
        } catch (HandshakeException e) {
            return e;
        } catch (IOException e) {
            throw new AssertionError("another exception", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theListenersCertificateHasExpired(String version) throws IOException {
        Outcome outcome = meet(settings(GOOD.withVersions(version)), settings(EXPIRED));
        assertRefused(outcome.connecting(), "peer@localhost has a certificate that expired at ", "T", "Z: CN=old");
        assertRefused(
                outcome.accepting(),
                "an unidentified peer does not accept the certificate of this node: it has expired",
                "(certificate_");
    }

    @Test
    void theListenersCertificateIsNotYetValid() throws IOException {
        Outcome outcome = meet(settings(GOOD), settings(FUTURE));
        assertRefused(outcome.connecting(), "peer@localhost has a certificate that is not valid before ", ": CN=new");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theListenersCaIsUnknown(String version) throws IOException {
        Outcome outcome = meet(settings(GOOD.withVersions(version)), settings(UNKNOWN));
        assertRefused(
                outcome.connecting(),
                "peer@localhost has a certificate of a CA that this node does not trust: CN=stranger, issued by"
                        + " CN=Other CA (setting erlang.tls.ca)");
        assertRefused(outcome.accepting(), "does not accept the certificate of this node");
    }

    @Test
    void theListenersCertificateIsForOtherHosts() throws IOException {
        Outcome outcome = meet(settings(GOOD), settings(OF_OTHER_HOST));
        assertRefused(
                outcome.connecting(),
                "peer@localhost has a certificate that is not for its host localhost: CN=stray names a.example.com,"
                        + " 10.0.0.3");
    }

    @Test
    void namesNeedNotBeChecked() throws IOException {
        Outcome outcome = meet(settings(GOOD).withNames(Names.NONE), settings(OF_OTHER_HOST));
        assertThat(outcome.connecting().open()).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theOpenersCertificateHasExpired(String version) throws IOException {
        Outcome outcome = meet(settings(EXPIRED.withVersions(version)), settings(GOOD));
        assertRefused(outcome.accepting(), "an unidentified peer has a certificate that expired at ", "T", "Z: CN=old");
        HandshakeException told = version.equals("TLSv1.3")
                ? firstPacket(outcome.connecting())
                : outcome.connecting().refused();
        // The JDK tells a peer that has connected no more.
        assertThat(told).hasMessageContaining("does not accept the certificate of this node: certificate_unknown");
        assertThat(told.failure()).isEqualTo(Failure.TLS_REFUSED);
    }

    @Test
    void theOpenersCaIsUnknown() throws IOException {
        Outcome outcome = meet(settings(UNKNOWN), settings(GOOD));
        assertRefused(
                outcome.accepting(),
                "an unidentified peer has a certificate of a CA that this node does not trust: CN=stranger");
        assertThat(firstPacket(outcome.connecting()))
                .hasMessageContaining("does not accept the certificate of this node");
    }

    @Test
    void theOpenersCertificateIsForOtherHosts() throws IOException {
        Outcome outcome = meet(settings(OF_OTHER_HOST), settings(GOOD));
        PeerSocket socket = outcome.accepting().open();
        socket.requireHost("a.example.com");
        socket.requireHost("10.0.0.3");
        try {
            socket.requireHost("localhost");
            throw new AssertionError("the host was to be refused");
        } catch (HandshakeException e) {
            assertThat(e.failure()).isEqualTo(Failure.TLS_REFUSED);
            assertThat(e)
                    .hasMessage("has a certificate that is not for its host localhost: CN=stray names a.example.com,"
                            + " 10.0.0.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theOpenerShowsNoCertificate(String version) throws Exception {
        SSLContext anonymous = SSLContext.getInstance("TLS");
        anonymous.init(null, new TrustManager[] {PeerTrust.unverified()}, null);
        Outcome outcome = meet(TlsSettings.of(anonymous).withVersions(version).withNames(Names.NONE), settings(GOOD));
        assertRefused(outcome.accepting(), "an unidentified peer has shown no certificate (setting erlang.tls.verify)");
        HandshakeException told = version.equals("TLSv1.3")
                ? firstPacket(outcome.connecting())
                : outcome.connecting().refused();
        assertThat(told.failure()).isEqualTo(Failure.TLS_REFUSED);
    }

    @Test
    void withoutVerificationNeitherSideNeedsACertificateOfTheCa() throws IOException {
        Outcome outcome = meet(
                settings(UNKNOWN).withVerify(Verify.NONE), settings(EXPIRED).withVerify(Verify.NONE));
        assertThat(outcome.connecting().open()).isNotNull();
        outcome.accepting().open().requireHost("anywhere");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void thereIsNoCommonVersion(String version) throws IOException {
        String other = version.equals("TLSv1.2") ? "TLSv1.3" : "TLSv1.2";
        Outcome outcome = meet(settings(GOOD.withVersions(version)), settings(GOOD.withVersions(other)));
        assertRefused(
                outcome.connecting(),
                "peer@localhost has no TLS version in common with this node, which takes " + version
                        + " (setting erlang.tls.versions)");
        assertRefused(
                outcome.accepting(),
                "an unidentified peer has no TLS version in common with this node, which takes " + other);
    }

    @Test
    void theOpenerSpeaksPlainTcp() throws IOException {
        FutureTask<TlsScene.End> accepted = scene.accept(Tls.load(settings(GOOD)));
        scene.connecting.write(ByteBuffer.wrap(new byte[] {0, 30, 'N', 0, 0, 0, 0xd}));
        assertRefused(
                TlsScene.result(accepted),
                "an unidentified peer does not speak TLS, which this port requires (setting erlang.listen.tls)");
    }

    @Test
    void theListenerAnswersInPlainText() throws IOException {
        FutureTask<TlsScene.End> connected = scene.connect(Tls.load(settings(GOOD)));
        scene.accepting.write(ByteBuffer.wrap("\0\3sok".getBytes(StandardCharsets.US_ASCII)));
        assertRefused(
                TlsScene.result(connected),
                "peer@localhost does not speak TLS, which is required for it (setting tls of the peer)");
    }

    @Test
    void theListenerClosesTheConnectionWithoutAWord() throws IOException {
        FutureTask<TlsScene.End> connected = scene.connect(Tls.load(settings(GOOD)));
        scene.accepting.shutdownOutput();
        HandshakeException refusal = TlsScene.result(connected).refused();
        assertThat(refusal.failure()).isEqualTo(Failure.TLS_UNANSWERED);
        assertThat(refusal)
                .hasMessage(
                        "peer@localhost closed the connection during the TLS handshake; it probably speaks plain TCP"
                                + " (setting tls of the peer)");
    }

    @Test
    void theListenerIsSilent() throws IOException {
        Tls tls = Tls.load(settings(GOOD));
        try {
            tls.connected(scene.connecting, TlsScene.PEER, Duration.ofMillis(200));
            throw new AssertionError("the TLS handshake was to fail");
        } catch (HandshakeException e) {
            assertThat(e.failure()).isEqualTo(Failure.TLS_UNANSWERED);
            assertThat(e)
                    .hasMessage("peer@localhost did not answer the TLS handshake in time: deadline of 200 ms; it"
                            + " probably speaks plain TCP (setting tls of the peer)");
        }
    }

    /// Each byte would keep alive a connection whose deadline began anew with it.
    @Test
    void aHandshakeThatDripsHasADeadline() throws Exception {
        Tls tls = Tls.load(settings(GOOD));
        byte[] hello = new byte[600];
        hello[0] = 22;
        hello[1] = 3;
        hello[2] = 1;
        hello[3] = 2;
        Thread dripping = Thread.ofVirtual().start(() -> {
            try {
                for (byte b : hello) {
                    scene.connecting.write(ByteBuffer.wrap(new byte[] {b}));
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // Closed, as it should be.
            }
        });
        try {
            tls.accepted(scene.accepting, Duration.ofMillis(500));
            throw new AssertionError("the TLS handshake was to fail");
        } catch (HandshakeException e) {
            assertThat(e.failure()).isEqualTo(Failure.DEADLINE);
            assertThat(e)
                    .hasMessage("an unidentified peer did not complete the TLS handshake in time: deadline of 500 ms");
        } finally {
            dripping.interrupt();
        }
    }

    @Test
    void aForgedHandshakeIsAViolation() throws IOException {
        FutureTask<TlsScene.End> accepted = scene.accept(Tls.load(settings(GOOD)));
        scene.connecting.write(ByteBuffer.wrap(new byte[] {22, 3, 1, 0, 5, 1, 0, 0, 1, 0}));
        HandshakeException refusal = TlsScene.result(accepted).refused();
        assertThat(refusal.failure()).isEqualTo(Failure.VIOLATION);
        assertThat(refusal).hasMessageContaining("an unidentified peer violated the TLS protocol: ");
    }
}
