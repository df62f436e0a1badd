package dev.pier.fuzz.targets;

import dev.pier.server.ApplicationServer;
import dev.pier.server.StartException;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A server on the loopback interface, in a temporary folder, without plugins.
final class RunningServer implements AutoCloseable {
    private final Path folder;
    private final ApplicationServer server;

    RunningServer() {
        try {
            folder = Files.createTempDirectory("pier-fuzz");
            Files.createDirectory(webapps());
            server = new ApplicationServer(Configuration.parse("""
                    http { host = "127.0.0.1", port = 0 }
                    admin { port = 0 }
                    access-log { enabled = false }
                    webapps { folder = webapps, work = work, scan-interval = 20 ms }
                    """, folder), List.of());
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigurationException | StartException e) {
            throw new IllegalStateException(e);
        }
    }

    ApplicationServer server() {
        return server;
    }

    Path webapps() {
        return folder.resolve("webapps");
    }

    @Override
    public void close() {
        server.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
