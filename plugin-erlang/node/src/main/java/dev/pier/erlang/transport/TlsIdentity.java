package dev.pier.erlang.transport;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The certificate of this node with its key. It is shown to each peer, also to one whose list of CAs does not have
/// its issuer: the peer then reports why it refuses the certificate, rather than that it got no certificate.
final class TlsIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";

    private final PrivateKey key;
    private final List<X509Certificate> chain;

    /// @param chain the certificate of this node first
    TlsIdentity(PrivateKey key, List<X509Certificate> chain) {
        this.key = key;
        this.chain = List.copyOf(chain);
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /// Whether the key belongs to the certificate: what it signs can be verified with it.
    boolean isPair() {
        String algorithm = certificate().getPublicKey().getAlgorithm();
        String scheme = switch (algorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> algorithm;
        };
        try {
            byte[] message = "pier".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
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

    private @Nullable String alias(@Nullable String @Nullable ... keyTypes) {
        String own = key.getAlgorithm();
        boolean fits = keyTypes != null
                && Stream.of(keyTypes)
                        .anyMatch(type -> type != null && (type.equals(own) || type.startsWith(own + "_")));
        return fits ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyTypes);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return getServerAliases(keyType, issuers);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        String alias = alias(keyType);
        return alias == null ? null : new String[] {alias};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return key;
    }
}
