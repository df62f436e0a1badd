package dev.pier.assembly;

import dev.pier.erlang.Peer;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PeerSetup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/// The sample's Erlang side, and its Elixir chat.
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
        try (InputStream module = Peer.class.getResourceAsStream("/dev/pier/erlang/call/pier_stream.erl")) {
            return new String(Objects.requireNonNull(module).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// A node that has Elixir and the sample's chat, too.
    public static PeerSetup elixir() {
        return ErlangPeer.with().codePath(ElixirInstallation.modules()).codePath(Chat.MODULES);
    }

    /// Starts the chat on such a node.
    public static void startChat(ErlangPeer node) {
        node.eval("{ok, _} = application:ensure_all_started(chat)");
    }

    /// What says in `server.conf` where the chat is.
    public static String chatAt(ErlangPeer node) {
        return "erlang.peers.chat.node = \"" + node.nodeName() + "\"\n";
    }

    /// Compiled once, when the first test wants it.
    private static final class Chat {
        private static final Path MODULES =
                ElixirInstallation.compile(Distribution.sources().resolve("sample-webapp/elixir"), "chat");
    }
}
