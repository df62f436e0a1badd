package dev.pier.server.http;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.PemFile;
import dev.pier.pem.PemIdentity;
import dev.pier.pem.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files with the certificate of HTTPS and its key, and with the CAs of clients.
public sealed interface CertificateFiles {
    /// The CAs that sign the certificates of clients; null if clients are not asked for one.
    @Nullable
    Path clientCa();

    /// All files that there are.
    List<Path> all();

    /// Reads the files.
    ///
    /// @throws KeyFileException if one is missing, unreadable, accessible by others or malformed, or does
    ///     not fit the others
    Loaded load() throws KeyFileException;

    /// What is in the files.
    ///
    /// @param keys with one password for the store and its keys
    /// @param clientCas null if clients are not asked for a certificate
    record Loaded(KeyStore keys, String password, @Nullable KeyStore clientCas) {
        /// Hides the password.
        @Override
        public String toString() {
            return "Loaded";
        }
    }

    /// A key store in PKCS #12 or JKS format.
    ///
    /// @param passwordFile a file whose first line is the password; `server.conf` cannot hold the password itself
    record KeyStoreFile(
            Path keystore, Path passwordFile, @Nullable Path clientCa) implements CertificateFiles {
        private static final long MAX_BYTES = 16 << 20;

        @Override
        public List<Path> all() {
            return present(keystore, passwordFile, clientCa);
        }

        @Override
        public Loaded load() throws KeyFileException {
            SecretFile.bytes(keystore, MAX_BYTES);
            char[] password = SecretFile.password(passwordFile);
            try {
                KeyStore keys = KeyStore.getInstance(keystore.toFile(), password);
                return new Loaded(keys, new String(password), cas(clientCa));
            } catch (KeyFileException e) {
                throw e;
            } catch (GeneralSecurityException | IOException e) {
                throw new KeyFileException(
                        keystore, "is no key store, or the password in " + passwordFile + " does not fit", null);
            }
        }
    }

    /// Files in PEM format, as `certbot` writes them.
    ///
    /// @param certificate the certificate, followed by those of intermediate CAs
    /// @param key in PKCS #8; accessible by its owner only
    /// @param passwordFile a file whose first line is the password of the key; null for a key that is not encrypted
    record PemFiles(
            Path certificate,
            Path key,
            @Nullable Path passwordFile,
            @Nullable Path clientCa) implements CertificateFiles {
        /// Guards the store in memory, which Java requires; it is no secret.
        private static final String IN_MEMORY = "in memory";

        @Override
        public List<Path> all() {
            return present(certificate, key, passwordFile, clientCa);
        }

        @Override
        public Loaded load() throws KeyFileException {
            PemIdentity identity = PemIdentity.read(certificate, key, passwordFile);
            try {
                KeyStore keys = emptyStore();
                keys.setKeyEntry(
                        "pier",
                        identity.key(),
                        IN_MEMORY.toCharArray(),
                        identity.chain().toArray(X509Certificate[]::new));
                return new Loaded(keys, IN_MEMORY, cas(clientCa));
            } catch (GeneralSecurityException e) {
                throw new KeyFileException(key, "cannot be used: " + e.getMessage(), e);
            }
        }
    }

    private static List<Path> present(@Nullable Path... files) {
        return Stream.of(files).filter(Objects::nonNull).map(Path.class::cast).toList();
    }

    private static @Nullable KeyStore cas(@Nullable Path file) throws KeyFileException {
        if (file == null) {
            return null;
        }
        try {
            KeyStore store = emptyStore();
            int number = 0;
            for (X509Certificate certificate : PemFile.read(file).certificates()) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            return store;
        } catch (GeneralSecurityException e) {
            throw new KeyFileException(file, "cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
