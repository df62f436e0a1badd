package dev.pier.server.webapp;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The jars of the folder `lib/ext`, which an operator has added to the server's class path, such as JDBC drivers. All
/// applications see what is in them, where they have nothing of that name themselves.
///
/// *Threads.* Immutable.
final class ExtensionJars {
    /// The system property with the jars, in the form of a class path. `bin/pier` sets it.
    static final String PROPERTY = "pier.ext";

    private final Set<Path> jars;

    private ExtensionJars(Set<Path> jars) {
        this.jars = jars;
    }

    /// Those of this JVM.
    static ExtensionJars installed() {
        return new ExtensionJars(Arrays.stream(System.getProperty(PROPERTY, "").split(File.pathSeparator))
                .filter(name -> !name.isEmpty())
                .map(name -> canonical(Path.of(name)))
                .collect(Collectors.toUnmodifiableSet()));
    }

    /// The JDK follows links too before it opens a jar of the class path.
    private static Path canonical(Path jar) {
        try {
            return jar.toRealPath();
        } catch (IOException _) {
            return jar.toAbsolutePath().normalize();
        }
    }

    /// Whether a class is from one of the jars.
    boolean has(Class<?> type) {
        if (jars.isEmpty()) {
            return false;
        }
        @Nullable CodeSource source = type.getProtectionDomain().getCodeSource();
        return source != null && isOneOfThem(source.getLocation().toString());
    }

    /// Whether a resource is in one of the jars.
    boolean has(URL resource) {
        if (jars.isEmpty() || !resource.getProtocol().equals("jar")) {
            return false;
        }
        String inner = resource.getPath();
        int end = inner.indexOf("!/");
        return isOneOfThem(end < 0 ? inner : inner.substring(0, end));
    }

    private boolean isOneOfThem(String url) {
        return path(url).filter(jars::contains).isPresent();
    }

    private static Optional<Path> path(String url) {
        try {
            return Optional.of(Path.of(new URI(url)));
        } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException _) {
            return Optional.empty();
        }
    }
}
