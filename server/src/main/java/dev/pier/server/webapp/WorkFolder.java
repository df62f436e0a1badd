package dev.pier.server.webapp;

import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicInteger;
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

    private final WebAppSettings settings;
    private final Path own;
    private final Path apps;
    private final FileChannel channel;
    private final AtomicInteger copies = new AtomicInteger();

    /// Creates this server's subfolder, and removes those of dead servers.
    ///
    /// The shared folder is created if it does not exist.
    WorkFolder(WebAppSettings settings) throws IOException {
        this.settings = settings;
        Path folder = settings.work();
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new IOException("cannot create the work folder (webapps.work): " + e, e);
        }
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

    /// Copies an application into a new folder with the layout of a war. Nothing remains of a copy that fails.
    ///
    /// @throws DeploymentException if the application has something that cannot be copied
    /// @throws IOException if the application cannot be copied now
    Path copy(AppSource source) throws IOException, DeploymentException {
        String name =
                source.id().equals("/") ? "ROOT" : source.id().substring(1).replace('/', '_');
        Path target = apps.resolve(name + "-" + copies.incrementAndGet());
        try {
            new AppCopier(Files.createDirectories(target), settings).copy(source);
            return target;
        } catch (Throwable t) {
            delete(target);
            throw t;
        }
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
