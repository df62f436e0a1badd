package dev.pier.erlang.transport;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.PKIXReason;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The certificate of a peer is not accepted. The message says why, as a predicate of the peer: `has a certificate
/// that expired at …`.
final class CertificateRefused extends CertificateException {
    private static final long serialVersionUID = 1L;

    private CertificateRefused(String predicate, @Nullable CertificateException problem) {
        super(predicate, pathProblem(problem));
    }

    /// The JDK tells the peer an alert that fits the cause if that is a problem of the path.
    private static @Nullable Throwable pathProblem(@Nullable CertificateException problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathValidatorException) {
                return cause;
            }
        }
        return problem;
    }

    /// @param chain what the peer has shown, its own certificate first
    static CertificateRefused because(CertificateException problem, X509Certificate... chain) {
        if (has(problem, CertificateExpiredException.class)) {
            String which = Stream.of(chain)
                    .filter(it -> it.getNotAfter().toInstant().isBefore(Instant.now()))
                    .findFirst()
                    .map(it -> " at " + it.getNotAfter().toInstant() + ": " + Subjects.of(it))
                    .orElse("");
            return new CertificateRefused("has a certificate that expired" + which, problem);
        }
        if (has(problem, CertificateNotYetValidException.class)) {
            String which = Stream.of(chain)
                    .filter(it -> it.getNotBefore().toInstant().isAfter(Instant.now()))
                    .findFirst()
                    .map(it -> " before " + it.getNotBefore().toInstant() + ": " + Subjects.of(it))
                    .orElse(" yet");
            return new CertificateRefused("has a certificate that is not valid" + which, problem);
        }
        if (chain.length > 0 && isUntrusted(problem)) {
            X509Certificate last = chain[chain.length - 1];
            return new CertificateRefused(
                    "has a certificate of a CA that this node does not trust: " + Subjects.of(chain[0]) + ", issued by "
                            + Subjects.issuer(last) + " (setting erlang.tls.ca)",
                    problem);
        }
        String subject = chain.length == 0 ? "" : " (" + Subjects.of(chain[0]) + ")";
        return new CertificateRefused(
                "has a certificate that this node does not accept" + subject + ": "
                        + Subjects.printable(String.valueOf(problem.getMessage())),
                problem);
    }

    private static boolean isUntrusted(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException
                    || (cause instanceof CertPathValidatorException e && e.getReason() == PKIXReason.NO_TRUST_ANCHOR)) {
                return true;
            }
        }
        return false;
    }

    /// The certificate is for other hosts.
    static CertificateRefused otherHost(String host, X509Certificate certificate) {
        return new CertificateRefused(
                "has a certificate that is not for its host " + host + ": " + Subjects.of(certificate) + " names "
                        + CertificateNames.of(certificate).listed(),
                null);
    }

    /// The peer has shown none.
    static CertificateRefused missing() {
        return new CertificateRefused("has shown no certificate (setting erlang.tls.verify)", null);
    }

    private static boolean has(Throwable problem, Class<? extends Throwable> kind) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
