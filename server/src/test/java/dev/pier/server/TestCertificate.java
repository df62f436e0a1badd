package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Certificates that tests make with `keytool`, and clients that trust them.
final class TestCertificate {
    private static final String ALIAS = "server";
    private static final String PASSWORD = "secret-123";

    private TestCertificate() {}

    /// Makes a key store with a key and its self-signed certificate.
    static void newKeystore(Path file, Path passwordFile, String name) throws IOException, InterruptedException {
        newKeystore(file, passwordFile, name, 90);
    }

    /// The same with a certificate that expires in so many days, or has expired if they are negative.
    static void newKeystore(Path file, Path passwordFile, String name, int days)
            throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-startdate",
                        days < 0 ? days - 1 + "d" : "+0d",
                        "-validity",
                        String.valueOf(days < 0 ? 1 : days),
                        "-dname",
                        name,
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass:file",
                        passwordFile.toString(),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(output).isZero();
    }

    /// A key with its self-signed certificate.
    static KeyStore newPair(Path folder, String name) throws Exception {
        Path password = folder.resolve("pair-password");
        Files.writeString(password, PASSWORD);
        Path file = folder.resolve("pair.p12");
        newKeystore(file, password, name);
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    /// Writes the certificate of a pair in PEM format.
    static void writeCertificate(KeyStore pair, Path file) throws Exception {
        replace(file, pem("CERTIFICATE", pair.getCertificate(ALIAS).getEncoded()));
    }

    /// Writes the key of a pair in PKCS #8 and PEM format, accessible by its owner only.
    static void writeKey(KeyStore pair, Path file) throws Exception {
        replace(
                file,
                pem("PRIVATE KEY", pair.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    }

    private static void replace(Path file, String content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN " + kind + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + kind
                + "-----\n";
    }

    /// The name in the certificate of a server. Closes the connection.
    static String subject(SSLSocket connection) throws IOException {
        try (SSLSocket tls = connection) {
            tls.startHandshake();
            X509Certificate certificate = (X509Certificate) tls.getSession().getPeerCertificates()[0];
            return certificate.getSubjectX500Principal().getName();
        }
    }

    /// A client without a certificate.
    static SSLContext trustingAll() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        return context;
    }

    /// A client with a certificate.
    static SSLContext trustingAll(KeyStore pair) throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(pair, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new TrustsAll()}, null);
        return context;
    }

    /// Trusts every certificate: the tests create them themselves.
    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
