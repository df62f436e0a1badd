package dev.pier.server.http;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The certificate that HTTPS uses.
///
/// @param subject the name in it
/// @param expires when it expires
/// @param problem why the files as they are now are not used; null if they are
public record CertificateStatus(
        String subject, Instant expires, @Nullable String problem) {
    /// How long before its expiry a certificate has to be renewed.
    private static final Duration RENEWAL = Duration.ofDays(14);

    /// The certificate of a key store; of several, the one that expires first.
    ///
    /// @return null if the store has no key
    static @Nullable CertificateStatus of(KeyStore keys) throws KeyStoreException {
        return Collections.list(keys.aliases()).stream()
                .map(alias -> certificate(keys, alias))
                .filter(Objects::nonNull)
                .map(own -> new CertificateStatus(
                        own.getSubjectX500Principal().getName(),
                        own.getNotAfter().toInstant(),
                        null))
                .min(Comparator.comparing(CertificateStatus::expires))
                .orElse(null);
    }

    private static @Nullable X509Certificate certificate(KeyStore keys, String alias) {
        try {
            return keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate own ? own : null;
        } catch (KeyStoreException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The same certificate, after an attempt to load another one.
    CertificateStatus withProblem(String why) {
        return new CertificateStatus(subject, expires, why);
    }

    /// The time until the certificate expires; negative once it has.
    Duration left() {
        return Duration.between(Instant.now(), expires);
    }

    /// The certificate as the admin port shows it, with a `warning` if it has to be renewed.
    public Map<String, Object> describe() {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("subject", subject);
        description.put("expires", expires.toString());
        Duration left = left();
        if (left.isNegative()) {
            description.put("warning", "the certificate has expired: clients refuse it");
        } else if (left.compareTo(RENEWAL) < 0) {
            description.put("warning", "the certificate expires in " + left.toDays() + " days: renew it");
        }
        if (problem != null) {
            description.put("reloadProblem", problem);
        }
        return description;
    }
}
