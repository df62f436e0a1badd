package dev.pier.erlang.transport;

import dev.pier.erlang.handshake.HandshakeException;
import dev.pier.erlang.handshake.HandshakeException.Failure;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/// Says why a TLS handshake failed, in sentences that an operator can act on.
///
/// Hazard. The JDK tells the reason in texts only, which may change. A text that is not known here appears as it
/// is.
///
/// @param peerListens whether this node has connected to the peer, rather than the peer to this node
/// @param versions that this node offers
record TlsRefusals(boolean peerListens, List<String> versions) {
    private static final Pattern ALERT = Pattern.compile("Received fatal alert: (\\w+)");

    static boolean isAlert(SSLException e) {
        return ALERT.matcher(String.valueOf(e.getMessage())).find();
    }

    /// @param heard whether the peer has sent anything
    /// @return the message is a predicate of the peer
    HandshakeException explain(IOException e, boolean heard) {
        return switch (e) {
            case HandshakeException known -> known;
            case SocketTimeoutException _ -> unanswered("did not answer", heard, e);
            case EOFException _ -> unanswered("closed the connection during", heard, e);
            case SSLException failure -> explain(failure);
            default -> failure(Failure.CLOSED, "broke off the TLS handshake: connection lost: " + e.getMessage(), e);
        };
    }

    private HandshakeException unanswered(String predicate, boolean heard, IOException e) {
        String handshake =
                " the TLS handshake" + (e instanceof SocketTimeoutException ? " in time: " + e.getMessage() : "");
        if (peerListens && !heard) {
            return failure(
                    Failure.TLS_UNANSWERED,
                    predicate + handshake + "; it probably speaks plain TCP (setting tls of the peer)",
                    e);
        }
        return failure(
                e instanceof EOFException ? Failure.CLOSED : Failure.DEADLINE,
                (heard && !(e instanceof EOFException) ? "did not complete" : predicate) + handshake,
                e);
    }

    private HandshakeException explain(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateRefused refused) {
                return failure(Failure.TLS_REFUSED, String.valueOf(refused.getMessage()), e);
            }
            if (cause instanceof CertificateException other) {
                // Of a trust manager that the application has provided.
                return failure(
                        Failure.TLS_REFUSED,
                        String.valueOf(CertificateRefused.because(other).getMessage()),
                        e);
            }
        }
        String message = Subjects.printable(String.valueOf(e.getMessage()));
        Matcher alert = ALERT.matcher(message);
        if (alert.find()) {
            return alert(alert.group(1), e);
        }
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("protocol")
                && (lower.contains("version") || lower.contains("not enabled") || lower.contains("appropriate"))) {
            return noCommonVersion(e);
        }
        if (lower.contains("cipher suites in common")) {
            return failure(Failure.TLS_REFUSED, "has no cipher suite in common with this node", e);
        }
        if (lower.contains("empty client certificate")) {
            return failure(
                    Failure.TLS_REFUSED,
                    String.valueOf(CertificateRefused.missing().getMessage()),
                    e);
        }
        return failure(Failure.VIOLATION, "violated the TLS protocol: " + message, e);
    }

    /// The alert that the peer sent before it closed the connection.
    ///
    /// SPEC: RFC 8446, 6.2 Error Alerts
    private HandshakeException alert(String alert, SSLException e) {
        String ours = "does not accept the certificate of this node: ";
        return switch (alert) {
            case "protocol_version" -> noCommonVersion(e);
            case "certificate_required" ->
                failure(Failure.TLS_REFUSED, "requires a certificate, and this node has shown none", e);
            case "unknown_ca" -> failure(Failure.TLS_REFUSED, ours + "it does not trust the CA (" + alert + ")", e);
            case "certificate_expired" ->
                failure(
                        Failure.TLS_REFUSED,
                        ours + "it has expired, or is not valid yet by the peer's clock (" + alert + ")",
                        e);
            case "bad_certificate",
                    "unsupported_certificate",
                    "certificate_revoked",
                    "certificate_unknown",
                    "access_denied" -> failure(Failure.TLS_REFUSED, ours + alert, e);
            case "handshake_failure", "insufficient_security" ->
                failure(
                        Failure.TLS_REFUSED,
                        "refused the TLS handshake (" + alert + "): it requires a certificate, the certificate of this"
                                + " node is not for this node's host, or no cipher suite is in common",
                        e);
            default -> failure(Failure.CLOSED, "ended the TLS handshake with the alert " + alert, e);
        };
    }

    private HandshakeException noCommonVersion(SSLException e) {
        return failure(
                Failure.TLS_REFUSED,
                "has no TLS version in common with this node, which takes " + String.join(" and ", versions)
                        + " (setting erlang.tls.versions)",
                e);
    }

    private static HandshakeException failure(Failure failure, String predicate, IOException cause) {
        return new HandshakeException(failure, predicate, cause);
    }
}
