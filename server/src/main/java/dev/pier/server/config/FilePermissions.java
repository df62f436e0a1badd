package dev.pier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Checks that a file with a secret is accessible by its owner only, as `ssh` does for private keys.
///
/// *Threads.* Safe for all threads; keeps no state.
public final class FilePermissions {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private FilePermissions() {}

    /// The problem with the permissions of `file` and the command that repairs it, as the second half of a sentence
    /// that begins with the file. Empty if group and others can neither read nor write the file, or if the file
    /// system has no POSIX permissions.
    ///
    /// @throws IOException if the permissions cannot be read
    public static Optional<String> problem(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().noneMatch(OTHERS::contains)) {
            return Optional.empty();
        }
        return Optional.of("is accessible by other users (permissions " + PosixFilePermissions.toString(permissions)
                + "): run chmod 600 " + file);
    }
}
