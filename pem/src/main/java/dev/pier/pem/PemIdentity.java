package dev.pier.pem;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/// A certificate with its key and the certificates of intermediate CAs. Immutable.
///
/// @param chain the certificate of the key first
public record PemIdentity(PrivateKey key, List<X509Certificate> chain) {
    public PemIdentity {
        chain = List.copyOf(chain);
    }

    /// The certificate that belongs to the key.
    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Whether the key belongs to the certificate: what it signs can be verified with it.
    public boolean isPair() {
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
