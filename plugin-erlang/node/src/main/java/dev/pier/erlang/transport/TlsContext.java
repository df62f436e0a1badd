package dev.pier.erlang.transport;

import dev.pier.erlang.transport.TlsFileException.Item;
import dev.pier.erlang.transport.TlsSettings.GivenContext;
import dev.pier.erlang.transport.TlsSettings.KeyStoreFile;
import dev.pier.erlang.transport.TlsSettings.PemFiles;
import dev.pier.erlang.transport.TlsSettings.Verify;
import dev.pier.pem.KeyFileException;
import dev.pier.pem.PemFile;
import dev.pier.pem.PemIdentity;
import dev.pier.pem.SecretFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// A certificate with its key and the trust in those of peers, as they were loaded at one moment. Sessions are
/// resumed within one context only.
///
/// Threads: immutable; any thread may make engines.
///
/// @param own the certificate of this node; `null` if a context of the application holds it
record TlsContext(
        SSLContext context, TlsSettings settings, @Nullable X509Certificate own) {
    private static final long MAX_KEYSTORE = 16 << 20;

    /// @throws TlsFileException if a file is missing, unreadable, accessible by others, malformed, or does not
    ///     fit the others
    static TlsContext load(TlsSettings settings) throws TlsFileException {
        return switch (settings.source()) {
            case GivenContext(var context) -> new TlsContext(context, settings, null);
            case PemFiles files -> load(files, settings);
            case KeyStoreFile file -> load(file, settings);
        };
    }

    /// The files that make up a context.
    static List<Path> files(TlsSettings settings) {
        return switch (settings.source()) {
            case GivenContext _ -> List.of();
            case PemFiles(var certificate, var key, var password, var ca) -> present(certificate, key, password, ca);
            case KeyStoreFile(var keystore, var password, var ca) -> present(keystore, password, ca);
        };
    }

    private static List<Path> present(@Nullable Path... files) {
        List<Path> present = new ArrayList<>();
        for (Path file : files) {
            if (file != null) {
                present.add(file);
            }
        }
        return present;
    }

    private static TlsContext load(PemFiles files, TlsSettings settings) throws TlsFileException {
        PemIdentity identity;
        try {
            identity = PemIdentity.read(files.certificate(), files.key(), files.keyPasswordFile());
        } catch (KeyFileException e) {
            throw new TlsFileException(item(e.file(), files), e);
        }
        Path ca = files.ca();
        return of(new TlsIdentity(identity), ca == null ? List.of() : certificates(ca), settings);
    }

    private static Item item(Path file, PemFiles files) {
        if (file.equals(files.key())) {
            return Item.KEY;
        }
        return file.equals(files.keyPasswordFile()) ? Item.KEY_PASSWORD : Item.CERTIFICATE;
    }

    /// A step that reads a file.
    private interface Reading<T> {
        T read() throws KeyFileException;
    }

    private static <T> T at(Item item, Reading<T> reading) throws TlsFileException {
        try {
            return reading.read();
        } catch (KeyFileException e) {
            throw new TlsFileException(item, e);
        }
    }

    private static List<X509Certificate> certificates(Path ca) throws TlsFileException {
        return at(Item.CA, () -> PemFile.read(ca).certificates());
    }

    private static TlsContext load(KeyStoreFile file, TlsSettings settings) throws TlsFileException {
        char[] password = at(Item.PASSWORD, () -> SecretFile.password(file.passwordFile()));
        List<X509Certificate> trusted = new ArrayList<>();
        PemIdentity identity = at(Item.KEYSTORE, () -> read(file, password, trusted));
        Path ca = file.ca();
        return of(new TlsIdentity(identity), ca == null ? trusted : certificates(ca), settings);
    }

    /// @param trusted gets the certificates without keys
    private static PemIdentity read(KeyStoreFile file, char[] password, List<X509Certificate> trusted)
            throws KeyFileException {
        byte[] bytes = SecretFile.bytes(file.keystore(), MAX_KEYSTORE);
        PemIdentity identity = null;
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(bytes), password);
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    if (identity != null) {
                        throw new KeyFileException(file.keystore(), "has several keys; exactly one is needed", null);
                    }
                    identity = identity(store.getKey(alias, password), store.getCertificateChain(alias));
                } else if (store.getCertificate(alias) instanceof X509Certificate ca) {
                    trusted.add(ca);
                }
            }
        } catch (KeyFileException e) {
            throw e;
        } catch (GeneralSecurityException | IOException e) {
            throw new KeyFileException(
                    file.keystore(),
                    "is no key store in PKCS #12 format, or the password in " + file.passwordFile() + " does not fit",
                    null);
        }
        if (identity == null) {
            throw new KeyFileException(file.keystore(), "has no private key with a certificate", null);
        }
        return identity;
    }

    private static @Nullable PemIdentity identity(@Nullable Key key, Certificate @Nullable [] chain) {
        if (!(key instanceof PrivateKey secret) || chain == null) {
            return null;
        }
        return new PemIdentity(
                secret,
                Stream.of(chain)
                        .filter(X509Certificate.class::isInstance)
                        .map(X509Certificate.class::cast)
                        .toList());
    }

    private static TlsContext of(TlsIdentity identity, List<X509Certificate> cas, TlsSettings settings)
            throws TlsFileException {
        if (cas.isEmpty() && settings.verify() == Verify.PEER) {
            throw new TlsFileException(
                    Item.CA, "is missing: the file with the CAs that sign the certificates of peers, in PEM format");
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            PeerTrust trust = settings.verify() == Verify.PEER ? PeerTrust.in(cas) : PeerTrust.unverified();
            context.init(new KeyManager[] {identity}, new TrustManager[] {trust}, null);
            return new TlsContext(context, settings, identity.certificate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }

    /// An engine for a connection that this node opens.
    ///
    /// @param host of the peer's node name, which the peer is told (SNI) and under which sessions are resumed
    SSLEngine outgoing(String host, int port) {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = parameters(engine);
        if (CertificateNames.literal(host) == null) {
            try {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            } catch (IllegalArgumentException notInDns) {
                // Such as one with an underscore, which Erlang allows. The extension has no form for it.
            }
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /// An engine for a connection that a peer has opened.
    SSLEngine incoming() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = parameters(engine);
        parameters.setNeedClientAuth(settings.verify() == Verify.PEER);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private SSLParameters parameters(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(settings.versions().toArray(String[]::new));
        return parameters;
    }
}
