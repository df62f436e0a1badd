package dev.pier.erlang.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The OTP application `pier` on an [ErlangPeer].
public final class PierApplication {
    private static final Path SOURCES = Path.of("../erlang/src");
    private static final List<String> MODULES = List.of("pier", "pier_app", "pier_sup", "pier_drain", "pier_sessions");

    private PierApplication() {}

    /// Compiles its modules and starts it. The modules are there after a restart, too; [#start] starts it again.
    public static void install(ErlangPeer peer) {
        MODULES.forEach(module -> peer.compile(read(module + ".erl")));
        start(peer);
    }

    /// Starts it after a restart of the node.
    public static void start(ErlangPeer peer) {
        String resource = read("pier.app.src")
                .lines()
                .filter(line -> !line.startsWith("%"))
                .reduce("", String::concat);
        peer.eval("application:load(" + resource.substring(0, resource.lastIndexOf('.')) + "),"
                + " ok = application:start(pier)");
    }

    private static String read(String file) {
        try {
            return Files.readString(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
