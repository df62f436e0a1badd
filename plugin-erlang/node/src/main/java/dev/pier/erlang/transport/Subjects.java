package dev.pier.erlang.transport;

import java.security.cert.X509Certificate;

/// Texts of certificates for logs and pages. Peers choose them.
final class Subjects {
    private static final int MAX_LENGTH = 300;

    private Subjects() {}

    /// Whom the certificate names: `CN=backend`.
    static String of(X509Certificate certificate) {
        return printable(certificate.getSubjectX500Principal().getName());
    }

    /// Whom it names as its issuer.
    static String issuer(X509Certificate certificate) {
        return printable(certificate.getIssuerX500Principal().getName());
    }

    /// Without line breaks and the like, and not long.
    static String printable(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(MAX_LENGTH)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
                .forEach(printable::appendCodePoint);
        return printable.length() < text.length() ? printable.append('…').toString() : printable.toString();
    }
}
