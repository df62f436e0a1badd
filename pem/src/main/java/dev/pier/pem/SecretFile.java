package dev.pier.pem;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Reads files with secrets. Like Erlang with its cookie, it refuses those that users other than the owner can
/// access.
public final class SecretFile {
    private static final int MAX_PASSWORD_FILE = 4096;

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private SecretFile() {}

    /// The problem with the permissions of a file and the command that repairs it, as the second half of a sentence
    /// that begins with the file. Empty if users other than the owner can neither read nor write it, or if the file
    /// system has no POSIX permissions.
    ///
    /// @throws IOException if the permissions cannot be read
    public static Optional<String> accessProblem(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().noneMatch(OTHERS::contains)) {
            return Optional.empty();
        }
        return Optional.of("is accessible by users other than its owner (" + PosixFilePermissions.toString(permissions)
                + "): chmod 600 " + file);
    }

    /// Checks that a file is accessible by its owner only, if it exists.
    ///
    /// @throws KeyFileException if others can read or write it
    public static void requireOwnerOnly(Path file) throws KeyFileException {
        try {
            if (Files.exists(file)) {
                Optional<String> problem = accessProblem(file);
                if (problem.isPresent()) {
                    throw new KeyFileException(file, problem.get(), null);
                }
            }
        } catch (KeyFileException e) {
            throw e;
        } catch (IOException e) {
            throw new KeyFileException(file, "has permissions that cannot be read: " + e.getMessage(), e);
        }
    }

    /// All of a file.
    ///
    /// @throws KeyFileException if it does not exist, cannot be read or is larger than `max` bytes
    public static byte[] bytes(Path file, long max) throws KeyFileException {
        if (!Files.isRegularFile(file)) {
            throw new KeyFileException(file, Files.exists(file) ? "is no regular file" : "does not exist", null);
        }
        if (!Files.isReadable(file)) {
            throw new KeyFileException(file, "cannot be read by user " + System.getProperty("user.name"), null);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes((int) max + 1);
            if (bytes.length > max) {
                throw new KeyFileException(file, "has more than " + max + " bytes", null);
            }
            return bytes;
        } catch (KeyFileException e) {
            throw e;
        } catch (IOException e) {
            throw new KeyFileException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    /// The first line of a file that only its owner can access.
    ///
    /// @throws KeyFileException if others can access it, or it is missing, unreadable or empty
    public static char[] password(Path file) throws KeyFileException {
        requireOwnerOnly(file);
        return new String(bytes(file, MAX_PASSWORD_FILE), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElseThrow(() -> new KeyFileException(file, "is empty: its first line is the password", null))
                .toCharArray();
    }
}
