package dev.pier.server.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Enumeration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The work folder, from which applications run: each deployment gets a copy under a name that was never used before,
/// so that changes of the original, or caches of an earlier copy, cannot affect a running application.
///
/// Several servers can share the folder. Each has a subfolder with a locked file; a subfolder without a lock belongs
/// to a dead server and is removed.
///
/// *Threads.* Safe for all threads.
final class WorkFolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WorkFolder.class);
    private static final String LOCK = ".lock";

    /// Excludes the other servers of this JVM; the lock of a file excludes those of other processes only.
    private static final Object CREATION = new Object();

    private final Path own;
    private final Path apps;
    private final FileChannel channel;
    private final AtomicInteger copies = new AtomicInteger();

    /// Creates this server's subfolder, and removes those of dead servers.
    ///
    /// @param folder the shared folder; created if it does not exist
    WorkFolder(Path folder) throws IOException {
        Files.createDirectories(folder);
        // One server at a time: another one would remove the new subfolder before it is locked.
        synchronized (CREATION) {
            try (FileChannel guard = openLock(folder);
                    FileLock _ = guard.lock()) {
                removeLeftovers(folder);
                own = Files.createTempDirectory(folder, "pier-");
                apps = Files.createDirectory(own.resolve("apps"));
                channel = openLock(own);
                channel.lock();
            }
        }
    }

    private static FileChannel openLock(Path folder) throws IOException {
        return FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static void removeLeftovers(Path folder) throws IOException {
        try (DirectoryStream<Path> servers = Files.newDirectoryStream(folder, "pier-*")) {
            for (Path server : servers) {
                if (isAbandoned(server)) {
                    delete(server);
                }
            }
        }
    }

    private static boolean isAbandoned(Path server) {
        try (FileChannel lock = openLock(server);
                FileLock held = lock.tryLock()) {
            return held != null;
        } catch (IOException | OverlappingFileLockException _) {
            return false;
        }
    }

    /// Copies an application into a new folder with the layout of a war. A plain jar becomes the only library of an
    /// otherwise empty war.
    ///
    /// @throws DeploymentException if the archive is damaged
    /// @throws IOException if the application cannot be copied
    Path copy(AppSource source) throws IOException, DeploymentException {
        Path target = apps.resolve(
                source.file().replaceFirst("\\.[a-zA-Z]+$", "").replace('#', '_') + "-" + copies.incrementAndGet());
        try {
            Files.createDirectories(target);
            switch (source.kind()) {
                case FOLDER -> copyTree(source.path().toRealPath(), target);
                case WAR -> unpack(source.path(), target);
                case JAR -> {
                    Path jar = Files.createDirectories(target.resolve("WEB-INF/lib"))
                            .resolve("app.jar");
                    Files.copy(source.path(), jar);
                    verify(jar);
                }
            }
            return target;
        } catch (ZipException e) {
            delete(target);
            throw new DeploymentException("not a complete archive: " + e.getMessage());
        } catch (IOException | DeploymentException e) {
            delete(target);
            throw e;
        }
    }

    /// Reads the whole archive, so that a damaged entry is found now, not when its class is needed.
    private static void verify(Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                try (InputStream in = zip.getInputStream(entries.nextElement())) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
            }
        }
    }

    private static void unpack(Path archive, Path target) throws IOException, DeploymentException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                Path file = target.resolve(entry.getName()).normalize();
                if (!file.startsWith(target)) {
                    throw new DeploymentException("archive entry outside the application folder: " + entry.getName());
                }
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

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(dir)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /// The path of the application's temporary folder, which Jetty creates when needed.
    static Path temporary(Path copy) {
        return copy.resolveSibling(copy.getFileName() + ".tmp");
    }

    /// Removes a copy and its temporary folder.
    static void remove(Path copy) {
        delete(copy);
        delete(temporary(copy));
    }

    private static void delete(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e) throws IOException {
                    Files.delete(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException _) {
            // Already removed, or never created.
        } catch (IOException | UncheckedIOException e) {
            log.warn("Cannot remove {}: {}", tree, e.toString());
        }
    }

    /// Removes the server's own folder and everything in it.
    @Override
    public void close() {
        // The lock is released last: the remains of a crash stay recognizable.
        delete(apps);
        delete(own);
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("Cannot close the lock of {}", own, e);
        }
    }
}
