package dev.pier.erlang.handshake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The secret that nodes share. A process that knows it can run any code on all of them.
///
/// Hazard: it must not get into a log, an error or a dump, so only digests leave this class.
public final class Cookie {
    static final int DIGEST_LENGTH = 16;

    /// A cookie is an atom in Erlang, with at most 255 characters, and Latin-1 on the wire.
    private static final int MAX_LENGTH = 255;

    private final byte[] bytes;

    private Cookie(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @throws IllegalArgumentException if the text cannot be a cookie; the message does not contain it
    public static Cookie of(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "invalid cookie: " + text.length() + " characters (1 to " + MAX_LENGTH + " are allowed)");
        }
        if (text.chars().anyMatch(c -> c > 0xff)) {
            throw new IllegalArgumentException("invalid cookie: it contains characters outside Latin-1");
        }
        return new Cookie(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The proof of knowing the cookie for a challenge of the other side: MD5 of the cookie and the challenge as
    /// unsigned decimal text.
    ///
    /// SPEC: erl_dist_protocol The Handshake in Detail. OTP: dist_util.erl:gen_digest.
    byte[] digest(int challenge) {
        MessageDigest md5 = md5();
        md5.update(bytes);
        return md5.digest(Integer.toUnsignedString(challenge).getBytes(StandardCharsets.US_ASCII));
    }

    /// Whether the digest is the proof. Takes the same time for a wrong one.
    boolean proves(byte[] digest, int challenge) {
        return MessageDigest.isEqual(digest(challenge), digest);
    }

    @Override
    public String toString() {
        return "Cookie[hidden]";
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "MD5 is not available in this Java runtime: no Erlang node can be reached without it", e);
        }
    }
}
