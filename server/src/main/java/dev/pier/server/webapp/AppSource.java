package dev.pier.server.webapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/// A file or folder that is deployed as an application. In the webapps folder, `shop.war`, `shop.jar` and a
/// folder `shop` are served at `/shop`, `ROOT` is served at `/`, and `shop#admin` at `/shop/admin`. A
/// [LocalApp] is anywhere else.
///
/// @param file the name in the log and in the status; no two sources of a server have the same
/// @param fingerprint the state of the file when it was scanned
record AppSource(String file, Path path, String contextPath, Kind kind, Fingerprint fingerprint) {
    enum Kind {
        WAR,
        JAR,
        /// With the layout of a war.
        FOLDER,
        /// With the layout of a plain jar, such as `target/classes`.
        CLASSES
    }

    private static final Pattern SEGMENTS = Pattern.compile("[A-Za-z0-9._~@+-]+(#[A-Za-z0-9._~@+-]+)*");

    /// The application at `path` in the webapps folder; empty if the path has none of the three forms, or is
    /// hidden (`.name`).
    ///
    /// @param followLinks whether links out of a folder are followed
    /// @throws IOException if the file no longer exists, or cannot be read
    static Optional<AppSource> of(Path path, boolean followLinks) throws IOException {
        Optional<Kind> kind = kind(path);
        return kind.isEmpty()
                ? Optional.empty()
                : Optional.of(new AppSource(
                        path.getFileName().toString(),
                        path,
                        contextPath(path, kind.get()),
                        kind.get(),
                        Fingerprint.of(path, followLinks)));
    }

    /// The application of a program that embeds the server.
    ///
    /// @param followLinks whether links out of a folder are followed
    /// @throws IOException if the file does not exist, or cannot be read
    static AppSource of(LocalApp app, boolean followLinks) throws IOException {
        Path path = app.path();
        Kind kind =
                kind(path).orElseThrow(() -> new NoSuchFileException(path.toString(), null, "no war, jar or folder"));
        if (kind == Kind.FOLDER && !Files.isDirectory(path.resolve("WEB-INF"))) {
            kind = Kind.CLASSES;
        }
        return new AppSource(path.toString(), path, app.contextPath(), kind, Fingerprint.of(path, followLinks));
    }

    private static Optional<Kind> kind(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.startsWith(".")) {
            return Optional.empty();
        }
        if (Files.isDirectory(path)) {
            return Optional.of(Kind.FOLDER);
        }
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        return name.endsWith(".war")
                ? Optional.of(Kind.WAR)
                : name.endsWith(".jar") ? Optional.of(Kind.JAR) : Optional.empty();
    }

    private static String contextPath(Path path, Kind kind) {
        String file = path.getFileName().toString();
        String name = kind == Kind.FOLDER ? file : file.substring(0, file.length() - 4);
        return name.equals("ROOT") ? "/" : "/" + name.replace('#', '/');
    }

    /// Whether the name has the form `shop##2`, the notation of other servers for parallel versions.
    boolean isVersioned() {
        return file().contains("##");
    }

    /// Whether the name can be a context path.
    boolean hasValidName() {
        return isValidName(file());
    }

    /// Whether a file name can be a context path.
    static boolean isValidName(String file) {
        return SEGMENTS.matcher(file).matches();
    }

    /// Whether the archive has its central directory, which is written last. An archive that is still being written
    /// does not have it.
    boolean isComplete() {
        if (kind == Kind.FOLDER || kind == Kind.CLASSES) {
            return true;
        }
        try (ZipFile _ = new ZipFile(path.toFile())) {
            return true;
        } catch (IOException | RuntimeException _) {
            return false;
        }
    }
}
