package dev.pier.pem;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A certificate with its key and the certificates of intermediate CAs. Immutable.
///
/// @param chain the certificate of the key first
public record PemIdentity(PrivateKey key, List<X509Certificate> chain) {
    public PemIdentity {
        chain = List.copyOf(chain);
    }

    /// Reads a certificate and its key.
    ///
    /// @param certificate followed by the certificates of intermediate CAs
    /// @param key in PKCS #8; accessible by its owner only
    /// @param passwordFile a file whose first line decrypts the key; `null` for a key that is not encrypted
    /// @throws KeyFileException if a file is missing, unreadable, accessible by others or malformed, or if the
    ///     key does not belong to the certificate
    public static PemIdentity read(Path certificate, Path key, @Nullable Path passwordFile) throws KeyFileException {
        List<X509Certificate> chain = PemFile.read(certificate).certificates();
        SecretFile.requireOwnerOnly(key);
        char[] password = passwordFile == null ? null : SecretFile.password(passwordFile);
        PemIdentity identity = new PemIdentity(PemFile.read(key).privateKey(password), chain);
        if (!identity.isPair()) {
            throw new KeyFileException(key, "does not belong to the certificate in " + certificate, null);
        }
        return identity;
    }

    /// The certificate that belongs to the key.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// What the key signs can be verified with the certificate.
    private boolean isPair() {
        String algorithm = certificate().getPublicKey().getAlgorithm();
        String scheme = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
        try {
            byte[] message = "pier".getBytes(StandardCharsets.US_ASCII);
            Signature signing = Signature.getInstance(scheme);
            signing.initSign(key);
            signing.update(message);
            Signature verifying = Signature.getInstance(scheme);
            verifying.initVerify(certificate().getPublicKey());
            verifying.update(message);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// Hides the key.
    @Override
    public String toString() {
        return "PemIdentity[" + certificate().getSubjectX500Principal() + "]";
    }
}
