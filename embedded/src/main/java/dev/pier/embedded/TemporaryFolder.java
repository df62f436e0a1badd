package dev.pier.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The folder of one embedded server, which exists as long as the server.
///
/// *Threads.* Safe for all threads.
final class TemporaryFolder {
    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    /// @throws IOException if it cannot be created
    static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("pier-"));
    }

    Path path() {
        return path;
    }

    /// Removes the folder and all in it. Idempotent.
    ///
    /// @return whether it is gone
    boolean remove() {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> innermostFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : innermostFirst) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (NoSuchFileException _) {
            return true;
        } catch (IOException _) {
            return !Files.exists(path);
        }
    }
}
