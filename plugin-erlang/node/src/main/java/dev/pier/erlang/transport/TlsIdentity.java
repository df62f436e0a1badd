package dev.pier.erlang.transport;

import dev.pier.pem.PemIdentity;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/// The certificate of this node with its key. It is shown to each peer, also to one whose list of CAs does not have
/// its issuer: the peer then reports why it refuses the certificate, rather than that it got no certificate.
final class TlsIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";

    private final PemIdentity identity;

    TlsIdentity(PemIdentity identity) {
        this.identity = identity;
    }

    X509Certificate certificate() {
        return identity.certificate();
    }

    private @Nullable String alias(@Nullable String @Nullable ... keyTypes) {
        String own = identity.key().getAlgorithm();
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
        return identity.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key();
    }
}
