package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sessions in files, one for each session. They survive a restart and the sudden end of the server; after a power
/// failure, the last writes may be missing.
///
/// A folder for each context path has the files. A file's name is the hash of the session's id, and its time of
/// modification is the session's expiry, so that neither a request nor the search for expired sessions has to write or
/// read a whole file. A write replaces the file at once, by renaming.
///
/// *Threads.* Safe for all threads.
///
/// *Lifecycle.* A lock on a file keeps other servers out of the folder until [#close].
final class FileSessionStore implements SessionStore {
    private static final Logger log = LoggerFactory.getLogger(FileSessionStore.class);

    private static final String SUFFIX = ".session";
    private static final String UNFINISHED = ".new";

    /// The expiry of a session that lives for ever: the year 2200, which file systems can represent.
    private static final FileTime NEVER = FileTime.fromMillis(7_258_118_400_000L);

    private final Path folder;
    private final FileChannel lock;

    /// By the name of the context path's folder.
    private final SessionCounts counts;

    /// Locks, one for some of the sessions. A thread holds one while it reads or writes a file.
    private final Object[] locks = Stream.generate(Object::new).limit(64).toArray();

    /// @throws IOException if the folder cannot be used, or another server uses it
    FileSessionStore(Path folder, Limits limits) throws IOException {
        this.folder = folder;
        this.counts = new SessionCounts(limits.maxSessions());
        createFolder(folder);
        this.lock = lock(folder.resolve(".lock"));
        try {
            prepare();
        } catch (Throwable t) {
            lock.close();
            throw t;
        }
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new IOException("cannot create the folder of the sessions (sessions.folder): " + e, e);
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException _) {
            // A server of this JVM has it.
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
        channel.close();
        throw new IOException("another server uses the folder of the sessions, " + file.getParent()
                + ": give each server a folder of its own (sessions.folder), or use a shared store (sessions.store)");
    }

    /// Counts the sessions, and removes files that were not finished.
    private void prepare() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path context : folders) {
                String application = context.getFileName().toString();
                for (Path file : files(context)) {
                    if (file.toString().endsWith(UNFINISHED)) {
                        Files.deleteIfExists(file);
                    } else if (file.toString().endsWith(SUFFIX)) {
                        counts.addExisting(application);
                    }
                }
            }
        }
    }

    private static Iterable<Path> files(Path context) throws IOException {
        try (Stream<Path> files = Files.list(context)) {
            return files.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// The name of the context path's folder, as that of its application: `shop#admin`.
    private static String folderName(Key key) {
        String path = key.contextPath();
        return path.equals("/") ? "ROOT" : path.substring(1).replace('/', '#');
    }

    private Path file(Key key) {
        return folder.resolve(folderName(key)).resolve(key.hash() + SUFFIX);
    }

    /// @param hash of the session's id
    private Object lockOf(String hash) {
        return locks[Math.floorMod(hash.hashCode(), locks.length)];
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Found find(Key key, long knownVersion) throws SessionStoreException {
        synchronized (lockOf(key.hash())) {
            return Found.of(read(key), knownVersion);
        }
    }

    private @Nullable StoredSession read(Key key) throws SessionStoreException {
        Path file = file(key);
        try {
            FileTime expiry = Files.getLastModifiedTime(file);
            byte[] bytes = Files.readAllBytes(file);
            return SessionFile.read(bytes, expiry.equals(NEVER) ? 0 : expiry.toMillis());
        } catch (NoSuchFileException _) {
            return null;
        } catch (SessionFile.CorruptFileException e) {
            log.warn("Removed the session {}, which cannot be read: {}", file, e.getMessage());
            delete(key);
            return null;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public Saved save(Key key, StoredSession session) throws SessionStoreException {
        synchronized (lockOf(key.hash())) {
            @Nullable StoredSession current = read(key);
            if (current == null && session.version() > 0) {
                return new Saved.Gone();
            }
            if (current != null && current.version() != session.version()) {
                return new Saved.Conflict(current);
            }
            if (current == null && !counts.add(folderName(key))) {
                return new Saved.Full();
            }
            try {
                long version = session.version() + 1;
                write(key, session.withVersion(version));
                return new Saved.Stored(version);
            } catch (IOException e) {
                if (current == null) {
                    counts.remove(folderName(key));
                }
                throw failure(e);
            }
        }
    }

    private void write(Key key, StoredSession session) throws IOException {
        Path file = file(key);
        Path unfinished = file.resolveSibling(key.hash() + UNFINISHED);
        byte[] contents = SessionFile.write(session);
        try {
            create(unfinished, contents);
        } catch (NoSuchFileException _) {
            createFolder(folder.resolve(folderName(key)));
            create(unfinished, contents);
        }
        Files.setLastModifiedTime(unfinished, time(session.expiry()));
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Creates a file that only this user can read: a session may have secrets.
    private static void create(Path file, byte[] contents) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, contents);
    }

    private static FileTime time(long expiry) {
        return expiry > 0 ? FileTime.fromMillis(expiry) : NEVER;
    }

    @Override
    public void touch(Key key, long expiry) throws SessionStoreException {
        synchronized (lockOf(key.hash())) {
            try {
                Files.setLastModifiedTime(file(key), time(expiry));
            } catch (NoSuchFileException _) {
                // It was removed.
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    @Override
    public void delete(Key key) throws SessionStoreException {
        synchronized (lockOf(key.hash())) {
            try {
                delete(folderName(key), file(key));
            } catch (IOException e) {
                throw failure(e);
            }
        }
    }

    /// The caller holds the session's lock.
    private void delete(String application, Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            counts.remove(application);
        }
    }

    @Override
    public void removeExpired(long now) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path context : folders) {
                for (Path file : files(context)) {
                    removeExpired(context.getFileName().toString(), file, now);
                }
            }
        } catch (IOException e) {
            log.warn("Cannot remove expired sessions from {}: {}", folder, e.toString());
        }
    }

    private void removeExpired(String application, Path file, long now) throws IOException {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX)) {
            return;
        }
        synchronized (lockOf(name.substring(0, name.length() - SUFFIX.length()))) {
            try {
                if (Files.getLastModifiedTime(file).toMillis() <= now) {
                    delete(application, file);
                }
            } catch (NoSuchFileException _) {
                // It was removed in the meantime.
            }
        }
    }

    private SessionStoreException failure(IOException cause) {
        return new SessionStoreException("cannot use " + folder + ": " + cause, cause);
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            log.debug("Cannot close the lock of {}", folder, e);
        }
    }
}
