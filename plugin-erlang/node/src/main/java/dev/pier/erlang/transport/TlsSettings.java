package dev.pier.erlang.transport;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How a node uses TLS for distribution: its certificate and key, and which peers it accepts. Immutable.
///
/// @param source the certificate, the key, and the CAs of the peers
/// @param verify whether peers must have a certificate of one of these CAs; [Verify#PEER] by default
/// @param names which hosts the certificate of a peer must name; [Names#HOST] by default
/// @param versions the versions of TLS that both sides may use; TLS 1.3 and 1.2 by default
/// @param reloadInterval how often the files are checked for a renewed certificate; 10 s by default
public record TlsSettings(Source source, Verify verify, Names names, List<String> versions, Duration reloadInterval) {
    /// The versions that may be used.
    public static final List<String> SUPPORTED_VERSIONS = List.of("TLSv1.3", "TLSv1.2");

    /// Where the certificate, the key and the CAs come from.
    public sealed interface Source {}

    /// Files in PEM format.
    ///
    /// @param certificate the certificate of this node, followed by those of intermediate CAs
    /// @param key the private key in PKCS #8; must be accessible by its owner only
    /// @param keyPasswordFile a file whose first line is the password of the key; `null` if the key is not
    ///     encrypted. Must be accessible by its owner only
    /// @param ca the CAs of the peers; may be `null` if peers are not verified
    public record PemFiles(
            Path certificate,
            Path key,
            @Nullable Path keyPasswordFile,
            @Nullable Path ca) implements Source {}

    /// A key store in PKCS #12 format.
    ///
    /// @param passwordFile a file whose first line is the password of the store; must be accessible by its
    ///     owner only
    /// @param ca the CAs of the peers; if it is `null`, the trusted certificates in the store are
    public record KeyStoreFile(
            Path keystore, Path passwordFile, @Nullable Path ca) implements Source {}

    /// A context of the application, which decides by its trust managers which certificates are accepted. It is
    /// not reloaded.
    public record GivenContext(SSLContext context) implements Source {}

    /// Whether the certificates of peers are checked.
    public enum Verify {
        /// A peer must have a certificate of a known CA, whichever side connects.
        PEER,
        /// Peers need no certificate. The connection is encrypted, but an attacker in between can read it.
        NONE
    }

    /// Which names the certificate of a peer must have.
    public enum Names {
        /// The host of its node name, as a DNS name or an address.
        HOST,
        /// Any: each certificate of the CA may be used by each node.
        NONE
    }

    /// @throws IllegalArgumentException if there is no version or an unsupported one, or the interval is not
    ///     above zero
    public TlsSettings {
        versions = List.copyOf(versions);
        if (versions.isEmpty() || !SUPPORTED_VERSIONS.containsAll(versions)) {
            throw new IllegalArgumentException("TLS versions are some of " + SUPPORTED_VERSIONS + ", not " + versions);
        }
        if (!reloadInterval.isPositive()) {
            throw new IllegalArgumentException("the reload interval must be above zero, not " + reloadInterval);
        }
    }

    private static TlsSettings of(Source source) {
        return new TlsSettings(source, Verify.PEER, Names.HOST, SUPPORTED_VERSIONS, Duration.ofSeconds(10));
    }

    /// Files in PEM format with an unencrypted key.
    public static TlsSettings pem(Path certificate, Path key, @Nullable Path ca) {
        return of(new PemFiles(certificate, key, null, ca));
    }

    /// Files in PEM format with an encrypted key.
    public static TlsSettings pem(Path certificate, Path key, Path keyPasswordFile, @Nullable Path ca) {
        return of(new PemFiles(certificate, key, keyPasswordFile, ca));
    }

    /// A key store in PKCS #12 format.
    public static TlsSettings pkcs12(Path keystore, Path passwordFile, @Nullable Path ca) {
        return of(new KeyStoreFile(keystore, passwordFile, ca));
    }

    /// A context of the application.
    public static TlsSettings of(SSLContext context) {
        return of(new GivenContext(context));
    }

    public TlsSettings withVerify(Verify value) {
        return new TlsSettings(source, value, names, versions, reloadInterval);
    }

    public TlsSettings withNames(Names value) {
        return new TlsSettings(source, verify, value, versions, reloadInterval);
    }

    public TlsSettings withVersions(String... value) {
        return new TlsSettings(source, verify, names, List.of(value), reloadInterval);
    }

    public TlsSettings withReloadInterval(Duration value) {
        return new TlsSettings(source, verify, names, versions, value);
    }
}
