package dev.pier.server.webapp;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.Set;

/// The state of a file, or of a folder with its contents, to detect changes.
///
/// @param size the total number of bytes
/// @param files the number of files and folders
/// @param hash over names, times, sizes and inodes. The inode detects a file that replaces another one of the same
///     size and time
record Fingerprint(long size, long files, long hash) {
    /// @param followLinks whether what links in a folder lead to belongs to its contents. What is in the folder itself
    ///     belongs to them in any case
    /// @throws IOException if the file does not exist or cannot be read
    static Fingerprint of(Path path, boolean followLinks) throws IOException {
        Path real = path.toRealPath();
        Summary summary = new Summary(real);
        Set<FileVisitOption> options = followLinks ? EnumSet.of(FileVisitOption.FOLLOW_LINKS) : Set.of();
        Files.walkFileTree(real, options, Integer.MAX_VALUE, summary);
        return new Fingerprint(summary.size, summary.files, summary.hash);
    }

    private static final class Summary extends SimpleFileVisitor<Path> {
        private final Path root;
        private long size;
        private long files;
        private long hash;

        Summary(Path root) {
            this.root = root;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            add(dir, attributes, 0);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            add(file, attributes, attributes.size());
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException) {
                return FileVisitResult.CONTINUE; // The deployment names the link.
            }
            throw e;
        }

        private void add(Path file, BasicFileAttributes attributes, long bytes) {
            files++;
            size += bytes;
            long entry = root.relativize(file).toString().hashCode();
            entry = entry * 31 + attributes.lastModifiedTime().hashCode();
            entry = entry * 31 + String.valueOf(attributes.fileKey()).hashCode();
            entry = entry * 31 + bytes;
            // A sum, because the order in which a file system lists its files is arbitrary.
            hash += entry * 0x9E3779B97F4A7C15L;
        }
    }
}
