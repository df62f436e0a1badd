package dev.pier.assembly;

import dev.pier.erlang.Peer;
import dev.pier.erlang.testing.ErlangPeer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/// The sample's Erlang side.
public final class Sample {
    private Sample() {}

    /// Compiles the sample's modules on a node, and `pier_stream`. They are there after a restart, too.
    static void teach(ErlangPeer node) {
        try (Stream<Path> modules = Files.list(Distribution.sources().resolve("sample-webapp/erlang"))) {
            for (Path module : modules.sorted().toList()) {
                node.compile(Files.readString(module));
            }
            node.compile(streamHelper());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts what the cards need to run there: processes, and Mnesia in the node's own folder.
    public static void start(ErlangPeer node) {
        if (!node.eval("pier_sample:start()").equals("ok")) {
            throw new AssertionError("the sample's Erlang side does not start");
        }
    }

    /// The module that makes streams, from the plugin's jar.
    private static String streamHelper() throws IOException {
        try (InputStream module = Peer.class.getResourceAsStream("/dev/pier/erlang/rpc/pier_stream.erl")) {
            return new String(Objects.requireNonNull(module).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
