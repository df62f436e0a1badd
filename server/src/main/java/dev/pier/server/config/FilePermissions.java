package dev.pier.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Whether a file that holds a secret is its owner's alone, as ssh demands of its keys.
public final class FilePermissions {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private FilePermissions() {}

    /// What is wrong with the file's permissions, and the command that mends it; empty if nothing is, or if the file
    /// system knows no such permissions.
    ///
    /// @throws IOException if the file cannot be looked at
    public static Optional<String> problem(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (permissions.stream().noneMatch(OTHERS::contains)) {
            return Optional.empty();
        }
        return Optional.of("is accessible by others than its owner (" + PosixFilePermissions.toString(permissions)
                + "): chmod 600 " + file);
    }
}
