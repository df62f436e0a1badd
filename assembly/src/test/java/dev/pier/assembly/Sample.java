package dev.pier.assembly;

import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The sample's Erlang side.
final class Sample {
    private Sample() {}

    /// Compiles the sample's modules on a node. They are there after a restart, too.
    static void teach(ErlangPeer node) {
        try (Stream<Path> modules = Files.list(Distribution.sources().resolve("sample-webapp/erlang"))) {
            for (Path module : modules.sorted().toList()) {
                node.compile(Files.readString(module));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
