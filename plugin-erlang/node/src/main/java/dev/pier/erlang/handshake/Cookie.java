package dev.pier.erlang.handshake;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The secret that nodes share. Whoever knows it can run any code on both sides.
///
/// The hazard: it must not get into a log, an error or a dump, so nothing but digests leaves this class.
public final class Cookie {
    static final int DIGEST_LENGTH = 16;

    // SPEC: erl_dist_protocol: cookies are Latin-1; Erlang's own are at most 255 characters, as they are atoms.
    private static final int MAX_LENGTH = 255;

    private final byte[] bytes;

    private Cookie(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @throws IllegalArgumentException if the text cannot be a cookie; the message does not show it
    public static Cookie of(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a cookie has 1 to " + MAX_LENGTH + " characters, this one has " + text.length());
        }
        if (text.chars().anyMatch(c -> c > 0xff)) {
            throw new IllegalArgumentException("a cookie consists of Latin-1 characters, this one has others");
        }
        return new Cookie(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// The proof of knowing the cookie, for a challenge of the other side.
    byte[] digest(int challenge) {
        // SPEC: erl_dist_protocol, Distribution Handshake: MD5 of the cookie and the challenge as unsigned decimal
        // text.
        MessageDigest md5 = md5();
        md5.update(bytes);
        return md5.digest(Integer.toUnsignedString(challenge).getBytes(StandardCharsets.US_ASCII));
    }

    /// Whether that digest proves it. Takes as long for a wrong one as for the right one.
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
                    "every Java has MD5; where it is disabled, no Erlang node can be reached", e);
        }
    }
}
