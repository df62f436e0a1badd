package dev.pier.server.webapp;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/// The state of a file, or of a folder with its contents, to detect changes.
///
/// @param size the total number of bytes
/// @param files the number of files and folders
/// @param hash over names, times, sizes and inodes. The inode detects a file that replaces another one of the same
///     size and time
record Fingerprint(long size, long files, long hash) {
    /// @throws IOException if the file does not exist or cannot be read
    static Fingerprint of(Path path) throws IOException {
        Path real = path.toRealPath();
        Summary summary = new Summary(real);
        Files.walkFileTree(real, summary);
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
