package dev.pier.server.login;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// A password as a file keeps it: `pbkdf2-sha256$<iterations>$<salt>$<hash>`, with PBKDF2-HMAC-SHA256 of the password's
/// UTF-8, 16 bytes of salt and 32 bytes of hash, both in Base64 without padding.
///
/// SPEC: RFC 8018, section 5.2.
///
/// *Threads.* Immutable. Making and comparing takes about 0.2 s of a processor.
public final class PasswordHash {
    /// As OWASP recommends for PBKDF2-HMAC-SHA256.
    static final int ITERATIONS = 600_000;

    static final int MIN_ITERATIONS = 10_000;
    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final Pattern FORM =
            Pattern.compile("pbkdf2-sha256\\$(\\d{1,8})\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /// The hash of a password, with a salt of its own.
    public static PasswordHash of(String password) {
        return of(password, ITERATIONS);
    }

    static PasswordHash of(String password, int iterations) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new PasswordHash(iterations, salt, derive(password, salt, iterations));
    }

    /// A hash that no password has, whose comparison takes as long as others.
    static PasswordHash none(int iterations) {
        byte[] random = new byte[HASH_BYTES];
        RANDOM.nextBytes(random);
        return new PasswordHash(iterations, new byte[SALT_BYTES], random);
    }

    /// @throws IllegalArgumentException with the form that is expected
    static PasswordHash parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (parts.matches()) {
            int iterations = Integer.parseInt(parts.group(1));
            if (iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS) {
                Base64.Decoder decoder = Base64.getDecoder();
                return new PasswordHash(iterations, decoder.decode(parts.group(2)), decoder.decode(parts.group(3)));
            }
        }
        throw new IllegalArgumentException(
                "is not the hash of a password: expected one that 'bin/pier password' has printed");
    }

    int iterations() {
        return iterations;
    }

    /// Whether a password has this hash. The time that it takes does not depend on where they differ.
    boolean matches(String password) {
        return MessageDigest.isEqual(hash, derive(password, salt, iterations));
    }

    private static byte[] derive(String password, byte[] salt, int iterations) {
        PBEKeySpec key = new PBEKeySpec(password.toCharArray(), salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(key)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("each Java platform has PBKDF2WithHmacSHA256", e);
        } finally {
            key.clearPassword();
        }
    }

    @Override
    public String toString() {
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return "pbkdf2-sha256$" + iterations + "$" + encoder.encodeToString(salt) + "$" + encoder.encodeToString(hash);
    }
}
