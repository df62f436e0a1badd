package dev.pier.server.webapp;

import dev.pier.server.plugin.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/// A file or folder that is deployed as an application. Unless its settings have another path, `shop.war`,
/// `shop.jar` and a folder `shop` in the webapps folder are served at `/shop`, `ROOT` is served at `/`, and
/// `shop#admin` at `/shop/admin`. A [LocalApp] is anywhere else.
///
/// @param file the name in the log and in the status; no two sources of a server have the same
/// @param id the path that the name gives. Sessions and metrics are kept by it, so that they survive a change of the
///     path and of the hosts
/// @param fingerprint the state of the file when it was scanned
record AppSource(String file, Path path, String id, Kind kind, AppSettings settings, Fingerprint fingerprint) {
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
    /// @throws IOException if the file no longer exists, or cannot be read
    static Optional<AppSource> of(Path path, WebAppSettings settings) throws IOException {
        Optional<Kind> kind = kind(path);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        String file = path.getFileName().toString();
        String name = kind.get() == Kind.FOLDER ? file : withoutExtension(file);
        return Optional.of(new AppSource(
                file, path, id(name), kind.get(), settings.app(name), Fingerprint.of(path, settings.followLinks())));
    }

    /// The application of a program that embeds the server.
    ///
    /// @throws IOException if the file does not exist, or cannot be read
    static AppSource of(LocalApp app, WebAppSettings settings) throws IOException {
        Path path = app.path();
        Kind kind =
                kind(path).orElseThrow(() -> new NoSuchFileException(path.toString(), null, "no war, jar or folder"));
        if (kind == Kind.FOLDER && !Files.isDirectory(path.resolve("WEB-INF"))) {
            kind = Kind.CLASSES;
        }
        return new AppSource(
                path.toString(),
                path,
                app.contextPath(),
                kind,
                settings.app(name(app.contextPath())),
                Fingerprint.of(path, settings.followLinks()));
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

    /// The name of an archive without `.war` or `.jar`.
    static String withoutExtension(String file) {
        return file.substring(0, file.length() - 4);
    }

    private static String id(String name) {
        return name.equals("ROOT") ? "/" : "/" + name.replace('#', '/');
    }

    /// The name of the application that has an id.
    static String name(String id) {
        return id.equals("/") ? "ROOT" : id.substring(1).replace('/', '#');
    }

    /// The path at which the application is served.
    String contextPath() {
        return contextPath(settings, name(id));
    }

    /// The path at which an application of a name is served.
    static String contextPath(AppSettings settings, String name) {
        return settings.path() == null ? id(name) : settings.path();
    }

    /// Where the application is served, for messages: `/shop`, or `shop.example/` with each of its hosts.
    String place() {
        return place(contextPath(), settings.hosts());
    }

    /// Where an application is served, for messages.
    static String place(String contextPath, Hosts hosts) {
        return hosts.names().isEmpty()
                ? contextPath
                : hosts.names().stream()
                        .sorted()
                        .map(host -> host + contextPath)
                        .collect(Collectors.joining(", "));
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
