package dev.pier.server.webapp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Copies one application into an empty folder, with the layout of a war. A plain jar becomes the only library of an
/// otherwise empty war.
///
/// *Threads.* For one thread.
final class AppCopier {
    private final Path target;

    /// @param target the folder of the copy, which exists
    AppCopier(Path target) {
        this.target = target;
    }

    /// Copies the application. If anything is thrown, the target has a part of the copy.
    ///
    /// @throws DeploymentException if the archive is damaged, or has an entry that cannot become a file
    /// @throws IOException if the application cannot be copied
    void copy(AppSource source) throws IOException, DeploymentException {
        try {
            switch (source.kind()) {
                case FOLDER -> copyTree(source.path().toRealPath());
                case WAR -> unpack(source.path());
                case JAR -> copyJar(source.path());
            }
        } catch (ZipException | EOFException e) {
            throw new DeploymentException("not a complete archive: " + e.getMessage());
        }
    }

    /// Copies a plain jar, and reads all of it, so that a damaged entry is found now, not when its class is needed.
    private void copyJar(Path archive) throws IOException, DeploymentException {
        Path jar = Files.createDirectories(target.resolve("WEB-INF/lib")).resolve("app.jar");
        Files.copy(archive, jar);
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                checkName(entry);
                try (InputStream in = zip.getInputStream(entry)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
    }

    private void unpack(Path archive) throws IOException, DeploymentException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path file = fileOf(entry);
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else {
                    Files.createDirectories(file.getParent());
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                }
            }
        }
    }

    /// Refuses a name that the readers of archives disagree about: no file has a NUL in its name.
    private static void checkName(ZipEntry entry) throws DeploymentException {
        if (entry.getName().indexOf('\0') >= 0) {
            throw new DeploymentException("archive entry '" + entry.getName() + "' has a NUL character in its name");
        }
    }

    private Path fileOf(ZipEntry entry) throws DeploymentException {
        checkName(entry);
        Path file;
        try {
            file = target.resolve(entry.getName()).normalize();
        } catch (InvalidPathException e) {
            throw new DeploymentException(
                    "archive entry '" + entry.getName() + "' cannot become a file: " + e.getReason()
                            + " (Java writes file names in " + System.getProperty("sun.jnu.encoding")
                            + ", from the locale)");
        }
        if (!file.startsWith(target)) {
            throw new DeploymentException("archive entry outside the application folder: " + entry.getName());
        }
        return file;
    }

    private void copyTree(Path from) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(target.resolve(from.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, target.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
