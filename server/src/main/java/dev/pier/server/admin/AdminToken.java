package dev.pier.server.admin;

import dev.pier.pem.KeyFileException;
import dev.pier.pem.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secret that operations need, from a file that only its owner can access.
///
/// *Threads.* Safe for all threads.
public final class AdminToken {
    private static final Logger log = LoggerFactory.getLogger(AdminToken.class);
    private static final int BYTES = 32;
    private static final int MIN_LENGTH = 16;

    private final byte[] secret;

    private AdminToken(byte[] secret) {
        this.secret = secret;
    }

    /// Reads the token, and makes its file before if it does not exist.
    ///
    /// @throws IOException with a message for the operator
    static AdminToken open(Path file) throws IOException {
        if (!Files.exists(file)) {
            create(file);
        }
        return new AdminToken(read(file).getBytes(StandardCharsets.US_ASCII));
    }

    /// Checks the file if it exists.
    ///
    /// @throws KeyFileException with a message for the operator
    static void check(Path file) throws KeyFileException {
        if (Files.exists(file)) {
            read(file);
        }
    }

    /// The token in a file.
    ///
    /// @throws KeyFileException if others can access the file, or it has no token
    public static String read(Path file) throws KeyFileException {
        String token = new String(SecretFile.password(file)).strip();
        if (token.length() < MIN_LENGTH || !token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new KeyFileException(
                    file,
                    "has no token, which is a line of at least " + MIN_LENGTH
                            + " printable ASCII characters: remove the file, and the next start of Pier makes one",
                    null);
        }
        return token;
    }

    /// Writes a random token. The file appears at its place with its content, so a server that starts at the same time
    /// reads all of it.
    private static void create(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
            Path temporary = Files.createTempFile(folder, ".token", ".tmp", ownerOnly(folder));
            try {
                Files.writeString(temporary, token + "\n", StandardCharsets.US_ASCII);
                Files.createLink(file, temporary);
                log.info("Made the token of the admin port: {} (admin.token-file)", file);
            } catch (FileAlreadyExistsException _) {
                log.debug("Another server has made {}", file);
            } finally {
                Files.delete(temporary);
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw new IOException("cannot make the token of the admin port (admin.token-file): " + e, e);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
        return Files.getFileStore(folder).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    /// Whether a text is the token. The time that the comparison takes does not depend on where they differ.
    boolean matches(String candidate) {
        return MessageDigest.isEqual(secret, candidate.getBytes(StandardCharsets.UTF_8));
    }
}
