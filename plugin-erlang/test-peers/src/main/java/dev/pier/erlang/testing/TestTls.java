package dev.pier.erlang.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// The files that a node needs for distribution within TLS, in a folder: its certificate, its key, and the CA of its
/// peers.
///
/// With the system property `pier.test.tls`, such as `TLSv1.3`, all nodes of the tests connect within this version.
public final class TestTls {
    private static final String PROPERTY = "pier.test.tls";
    private static final String FOLDER = "pier.test.tls.folder";
    private static final TestCa CA = TestCa.create("Test CA");

    private final Path folder;
    private final List<String> versions;

    private static final class OfTheRun {
        private static final @Nullable TestTls VALUE = of(System.getProperty(PROPERTY, ""));

        private static @Nullable TestTls of(String version) {
            if (version.isBlank()) {
                return null;
            }
            String folder = System.getProperty(FOLDER);
            return (folder == null ? create() : new TestTls(Path.of(folder), List.of())).withVersions(version);
        }
    }

    /// A context of the scripted peers.
    private static final class Scripted {
        private static final SSLContext CONTEXT = create();

        private static SSLContext create() {
            try {
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                TestCa.Issued identity = CA.issue("scripted", TestHost.NAME);
                char[] password = new char[0];
                store.setKeyEntry(
                        "scripted", identity.key(), password, identity.chain().toArray(X509Certificate[]::new));
                store.setCertificateEntry("ca", CA.certificate());
                KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
                keys.init(store, password);
                TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
                trust.init(store);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException | IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private TestTls(Path folder, List<String> versions) {
        this.folder = folder;
        this.versions = versions;
    }

    /// The files that all nodes use, if the run is one within TLS.
    public static Optional<TestTls> ofTheRun() {
        return Optional.ofNullable(OfTheRun.VALUE);
    }

    /// The options of another JVM that is to take part in the run.
    public static List<String> jvmOptions() {
        return ofTheRun()
                .map(tls ->
                        List.of("-D" + PROPERTY + "=" + tls.versions().getFirst(), "-D" + FOLDER + "=" + tls.folder()))
                .orElse(List.of());
    }

    /// The CA that all tests trust.
    public static TestCa ca() {
        return CA;
    }

    /// A certificate of the common CA for the host of the tests.
    public static TestTls create() {
        return of(CA.issue("node", TestHost.NAME, "127.0.0.1"), CA);
    }

    /// Another certificate, of a node that trusts a CA.
    public static TestTls of(TestCa.Issued certificate, TestCa trusted) {
        try {
            TestTls tls = new TestTls(PeerFolder.temporary("tls_"), List.of("TLSv1.3", "TLSv1.2"));
            tls.write(certificate);
            Files.writeString(tls.caFile(), pem("CERTIFICATE", encoded(trusted.certificate())));
            return tls;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Replaces the certificate and its key, as at a renewal.
    public void write(TestCa.Issued certificate) {
        try {
            replace(
                    certificate(),
                    certificate.chain().stream()
                            .map(it -> pem("CERTIFICATE", encoded(it)))
                            .collect(Collectors.joining()));
            replace(key(), pem("PRIVATE KEY", certificate.key().getEncoded()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void replace(Path file, String text) throws IOException {
        Path fresh = Files.createTempFile(
                folder, "new", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
        }
    }

    /// A connection of a scripted peer after its TLS handshake.
    ///
    /// @param opened whether this side has opened it
    static Socket within(Socket socket, boolean opened) throws IOException {
        SSLSocket within = (SSLSocket)
                Scripted.CONTEXT.getSocketFactory().createSocket(socket, TestHost.NAME, socket.getPort(), true);
        within.setUseClientMode(opened);
        within.setEnabledProtocols(ofTheRun().orElseThrow().versions().toArray(String[]::new));
        within.setNeedClientAuth(!opened);
        within.startHandshake();
        return within;
    }

    /// One block in PEM format.
    public static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
                + "\n-----END " + kind + "-----\n";
    }

    /// The same files with other versions of TLS.
    public TestTls withVersions(String... only) {
        return new TestTls(folder, List.of(only));
    }

    public Path folder() {
        return folder;
    }

    public Path certificate() {
        return folder.resolve("node.pem");
    }

    public Path key() {
        return folder.resolve("node.key");
    }

    /// The CA of the peers.
    public Path caFile() {
        return folder.resolve("ca.pem");
    }

    /// As Java names them.
    public List<String> versions() {
        return versions;
    }

    /// The arguments with which `erl` distributes within TLS, with the certificates of both sides verified.
    ///
    /// OTP: inet_tls_dist.erl:get_ssl_options, ssl_dist_sup.erl:consult
    List<String> flags() {
        String files = "{certfile,\"" + certificate() + "\"},{keyfile,\"" + key() + "\"},{cacertfile,\"" + caFile()
                + "\"},{verify,verify_peer},{versions,["
                + versions.stream()
                        .map(it -> "'" + it.toLowerCase(Locale.ROOT) + "'")
                        .collect(Collectors.joining(","))
                + "]}";
        try {
            Path options = folder.resolve(String.join("-", versions) + ".conf");
            Files.writeString(
                    options, "[{server,[" + files + ",{fail_if_no_peer_cert,true}]},\n {client,[" + files + "]}].\n");
            return List.of("-proto_dist", "inet_tls", "-ssl_dist_optfile", options.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
