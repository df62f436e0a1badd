package dev.pier.erlang.transport;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.testing.Der;
import dev.pier.erlang.testing.TestCa;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestTls;
import dev.pier.erlang.transport.TlsFileException.Item;
import dev.pier.erlang.transport.TlsSettings.Verify;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.FutureTask;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files of the TLS settings: which are taken, and what is said of the others.
class TlsFilesTest {
    @TempDir
    Path folder;

    private TestTls files;

    @BeforeEach
    void create() {
        files = TestTls.create();
    }

    private TlsSettings pem() {
        return TlsScene.settings(files);
    }

    private static TlsFileException refusal(TlsSettings settings, Item item) {
        TlsFileException refusal = catchThrowableOfType(TlsFileException.class, () -> TlsContext.load(settings));
        assertThat(refusal).isNotNull();
        assertThat(refusal.item()).isEqualTo(item);
        assertThat(refusal).hasMessageNotContaining("secret");
        return refusal;
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setPosixFilePermissions(file, fromString("rw-------"));
        return file;
    }

    @Test
    void aPairIsTaken() throws IOException {
        Tls tls = Tls.load(pem());
        assertThat(tls.status()).isNotNull().satisfies(status -> {
            assertThat(status.subject()).isEqualTo("CN=node");
            assertThat(status.problem()).isNull();
            assertThat(status.expiresWithin(Duration.ofDays(19))).isFalse();
            assertThat(status.expiresWithin(Duration.ofDays(21))).isTrue();
        });
    }

    @Test
    void theRefusalOfTheNodeNamesTheSettingAndTheFile() throws IOException {
        Files.delete(files.key());
        assertThatThrownBy(() -> Tls.load(pem()))
                .isInstanceOf(IOException.class)
                .hasMessage("TLS key: file " + files.key() + " does not exist");
    }

    @Test
    void eachFileMustExist() throws IOException {
        TlsSettings settings = pem();
        Files.delete(files.caFile());
        assertThat(refusal(settings, Item.CA)).hasMessage("file " + files.caFile() + " does not exist");
        Files.delete(files.certificate());
        assertThat(refusal(settings, Item.CERTIFICATE)).hasMessage("file " + files.certificate() + " does not exist");
        assertThat(refusal(TlsSettings.pem(folder, files.key(), files.caFile()), Item.CERTIFICATE))
                .hasMessage("file " + folder + " is no regular file");
    }

    @Test
    void theKeyMustBeForItsOwnerOnly() throws IOException {
        Files.setPosixFilePermissions(files.key(), fromString("rw-r--r--"));
        assertThat(refusal(pem(), Item.KEY))
                .hasMessage("file " + files.key() + " is accessible by users other than its owner (rw-r--r--): chmod"
                        + " 600 " + files.key());
    }

    @Test
    void theKeyMustBelongToTheCertificate() throws IOException {
        Path other = secret(
                "other.key",
                TestTls.pem(
                        "PRIVATE KEY",
                        TestTls.ca().issue("other", "other").key().getEncoded()));
        assertThat(refusal(TlsSettings.pem(files.certificate(), other, files.caFile()), Item.KEY))
                .hasMessage("file " + other + " does not belong to the certificate in " + files.certificate());
    }

    @Test
    void theKeyMayNotBeOfAnotherAlgorithm() throws Exception {
        Path rsa = secret(
                "rsa.key",
                TestTls.pem(
                        "PRIVATE KEY",
                        KeyPairGenerator.getInstance("RSA")
                                .generateKeyPair()
                                .getPrivate()
                                .getEncoded()));
        assertThat(refusal(TlsSettings.pem(files.certificate(), rsa, files.caFile()), Item.KEY))
                .hasMessageContaining("does not belong to the certificate");
    }

    @Test
    void malformedFilesAreNamed() throws IOException {
        Path empty = secret("empty", "");
        Path junk = secret("junk", TestTls.pem("CERTIFICATE", new byte[] {1, 2, 3}));
        Path key = secret("junk.key", TestTls.pem("PRIVATE KEY", new byte[] {1, 2, 3}));
        Path old = secret("old.key", TestTls.pem("EC PRIVATE KEY", new byte[] {1, 2, 3}));
        assertThat(refusal(TlsSettings.pem(empty, files.key(), files.caFile()), Item.CERTIFICATE))
                .hasMessageContaining("has no certificate in PEM format");
        assertThat(refusal(TlsSettings.pem(junk, files.key(), files.caFile()), Item.CERTIFICATE))
                .hasMessageContaining("has a malformed certificate");
        assertThat(refusal(TlsSettings.pem(files.certificate(), files.key(), empty), Item.CA))
                .hasMessageContaining("has no certificate in PEM format");
        assertThat(refusal(TlsSettings.pem(files.certificate(), empty, files.caFile()), Item.KEY))
                .hasMessageContaining("has no private key in PKCS #8");
        assertThat(refusal(TlsSettings.pem(files.certificate(), key, files.caFile()), Item.KEY))
                .hasMessageContaining("has a malformed private key");
        assertThat(refusal(TlsSettings.pem(files.certificate(), old, files.caFile()), Item.KEY))
                .hasMessageContaining("convert it to PKCS #8: openssl pkcs8 -topk8 -nocrypt -in " + old);
    }

    @Test
    void peersThatAreVerifiedNeedACa() throws IOException {
        TlsSettings without = TlsSettings.pem(files.certificate(), files.key(), null);
        assertThat(refusal(without, Item.CA)).hasMessageContaining("is missing");
        assertThat(TlsContext.load(without.withVerify(Verify.NONE)).own()).isNotNull();
    }

    private Path encryptedKey(String scheme, String password) throws Exception {
        SecretKey secret = SecretKeyFactory.getInstance(scheme).generateSecret(new PBEKeySpec(password.toCharArray()));
        Cipher cipher = Cipher.getInstance(scheme);
        cipher.init(Cipher.ENCRYPT_MODE, secret);
        String pem = Files.readString(files.key()).replaceAll("-----[A-Z ]+-----|\\s", "");
        byte[] encrypted = cipher.doFinal(Base64.getDecoder().decode(pem));
        return secret(
                "encrypted.key",
                TestTls.pem(
                        "ENCRYPTED PRIVATE KEY",
                        Der.sequence(
                                Der.sequence(
                                        Der.oid(1, 2, 840, 113549, 1, 5, 13),
                                        cipher.getParameters().getEncoded()),
                                Der.octets(encrypted))));
    }

    @Test
    void anEncryptedKeyIsDecrypted() throws Exception {
        Path key = encryptedKey("PBEWithHmacSHA256AndAES_256", "secret of the key");
        Path right = secret("right", "secret of the key\n");
        Path wrong = secret("wrong", "secret of another\n");
        assertThat(TlsContext.load(TlsSettings.pem(files.certificate(), key, right, files.caFile()))
                        .own())
                .isNotNull();
        assertThat(refusal(TlsSettings.pem(files.certificate(), key, wrong, files.caFile()), Item.KEY))
                .hasMessageContaining("cannot be decrypted with the password of key-password-file");
        assertThat(refusal(TlsSettings.pem(files.certificate(), key, files.caFile()), Item.KEY))
                .hasMessageContaining("there is no password for it (setting key-password-file)");
        assertThat(refusal(
                        TlsSettings.pem(files.certificate(), key, secret("empty", ""), files.caFile()),
                        Item.KEY_PASSWORD))
                .hasMessageContaining("is empty");
        Files.setPosixFilePermissions(right, fromString("rw-rw----"));
        assertThat(refusal(TlsSettings.pem(files.certificate(), key, right, files.caFile()), Item.KEY_PASSWORD))
                .hasMessageContaining("is accessible by users other than its owner");
    }

    private Path keystore(TestCa.@Nullable Issued identity, @Nullable X509Certificate trusted) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        if (identity != null) {
            store.setKeyEntry(
                    "node",
                    identity.key(),
                    "secret".toCharArray(),
                    identity.chain().toArray(Certificate[]::new));
        }
        if (trusted != null) {
            store.setCertificateEntry("ca", trusted);
        }
        Path file = folder.resolve("store.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "secret".toCharArray());
        }
        return file;
    }

    @Test
    void aKeyStoreIsTaken() throws Exception {
        TestCa.Issued identity = TestTls.ca().issue("stored", TestHost.NAME);
        Path password = secret("password", "secret\n");
        Path store = keystore(identity, TestTls.ca().certificate());
        Tls tls = Tls.load(TlsSettings.pkcs12(store, password, null));
        try (TlsScene scene = new TlsScene()) {
            FutureTask<TlsScene.End> accepted = scene.accept(tls);
            assertThat(TlsScene.result(scene.connect(Tls.load(pem()))).open()).isNotNull();
            assertThat(TlsScene.result(accepted).open()).isNotNull();
        }
        assertThat(TlsContext.load(TlsSettings.pkcs12(keystore(identity, null), password, files.caFile()))
                        .own())
                .isNotNull();
        assertThat(refusal(TlsSettings.pkcs12(keystore(identity, null), password, null), Item.CA))
                .hasMessageContaining("is missing");
        assertThat(refusal(
                        TlsSettings.pkcs12(keystore(null, TestTls.ca().certificate()), password, null), Item.KEYSTORE))
                .hasMessageContaining("has no private key with a certificate");
        assertThat(refusal(TlsSettings.pkcs12(store, secret("wrong", "other\n"), null), Item.KEYSTORE))
                .hasMessageContaining("is no key store in PKCS #12 format, or the password in ");
    }

    private static SSLContext context(Path keystore) throws Exception {
        KeyStore store = KeyStore.getInstance(keystore.toFile(), "secret".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, "secret".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void aContextOfTheApplicationDecidesItself() throws Exception {
        TestCa.Issued identity = TestTls.ca().issue("stored", TestHost.NAME);
        Tls tls =
                Tls.load(TlsSettings.of(context(keystore(identity, TestTls.ca().certificate()))));
        assertThat(tls.status()).isNull();
        try (TlsScene scene = new TlsScene()) {
            FutureTask<TlsScene.End> accepted = scene.accept(tls);
            Transport transport =
                    TlsScene.result(scene.connect(Tls.load(pem()))).open().transport();
            assertThat(requireNonNull(transport.tls()).peerSubject()).isEqualTo("CN=stored");
            assertThat(TlsScene.result(accepted).open()).isNotNull();
        }
        TestCa stranger = TestCa.create("Other CA");
        Tls strict = Tls.load(TlsSettings.of(context(keystore(identity, stranger.certificate()))));
        try (TlsScene scene = new TlsScene()) {
            FutureTask<TlsScene.End> accepted = scene.accept(Tls.load(pem()));
            assertThat(TlsScene.result(scene.connect(strict)).refused())
                    .hasMessageContaining("peer@localhost has a certificate that this node does not accept: ");
            assertThat(TlsScene.result(accepted).refused())
                    .hasMessageContaining("does not accept the certificate of this node");
        }
    }

    @Test
    void aRenewedPairIsTakenUpAndABrokenOneIsPassedOver() throws IOException {
        Tls tls = Tls.load(pem());
        tls.reloadIfChanged();
        assertThat(requireNonNull(tls.status()).subject()).isEqualTo("CN=node");

        files.write(TestTls.ca().issue("renewed", TestHost.NAME));
        tls.reloadIfChanged();
        assertThat(requireNonNull(tls.status()).subject()).isEqualTo("CN=renewed");

        String key = Files.readString(files.key());
        files.write(TestTls.ca().issue("half", TestHost.NAME));
        String fitting = Files.readString(files.key());
        secretAt(files.key(), key);
        tls.reloadIfChanged();
        assertThat(requireNonNull(tls.status()).subject()).isEqualTo("CN=renewed");
        assertThat(requireNonNull(tls.status()).problem())
                .startsWith("key: file ")
                .contains("does not belong to the certificate");

        secretAt(files.key(), fitting);
        tls.reloadIfChanged();
        assertThat(requireNonNull(tls.status()).subject()).isEqualTo("CN=half");
        assertThat(requireNonNull(tls.status()).problem()).isNull();

        Files.delete(files.certificate());
        tls.reloadIfChanged();
        assertThat(requireNonNull(tls.status()).subject()).isEqualTo("CN=half");
        assertThat(requireNonNull(tls.status()).problem()).contains("does not exist");
    }

    private static void secretAt(Path file, String text) throws IOException {
        Path fresh = Files.createTempFile(file.getParent(), "new", "");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void certificatesNameHosts() {
        CertificateNames names = CertificateNames.of(TestTls.ca()
                .issue("x", "Node.Example.com", "*.cluster.example.com", "*.com", "10.0.0.3", "::1")
                .certificate());
        assertThat(names.cover("node.example.com")).isTrue();
        assertThat(names.cover("NODE.EXAMPLE.COM")).isTrue();
        assertThat(names.cover("a.cluster.example.com")).isTrue();
        assertThat(names.cover("cluster.example.com")).isFalse();
        assertThat(names.cover("a.b.cluster.example.com")).isFalse();
        assertThat(names.cover("example.com")).isFalse();
        assertThat(names.cover("x")).isFalse();
        assertThat(names.cover("10.0.0.3")).isTrue();
        assertThat(names.cover("10.0.0.4")).isFalse();
        assertThat(names.cover("::1")).isTrue();
        assertThat(names.listed())
                .isEqualTo("Node.Example.com, *.cluster.example.com, *.com, 10.0.0.3, 0:0:0:0:0:0:0:1");
        CertificateNames none =
                CertificateNames.of(TestTls.ca().issue("node.example.com").certificate());
        assertThat(none.cover("node.example.com")).isFalse();
        assertThat(none.listed()).isEqualTo("no host (subject alternative names are required)");
    }
}
