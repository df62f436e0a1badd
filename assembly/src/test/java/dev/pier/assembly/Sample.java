package dev.pier.assembly;

import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PeerSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The sample's Erlang modules and its Elixir chat on test nodes.
public final class Sample {
    /// The setting with which the card Mounted finds its application.
    public static final String MOUNT = "erlang.mounts.\"/mounted\" { peer = backend, ewgi = \"mounted:handle\" }\n";

    /// The settings with which it finds the chat's plug, if [#addPlug] has brought Plug to the node.
    public static final String PLUG =
            "erlang.bulk.load-helper = true\nerlang.mounts.\"/chat-page\" { peer = chat, plug = \"Chat.Page\" }\n";

    private Sample() {}

    /// Compiles the sample's modules and the distribution's modules for the card Mounted on a node. The
    /// node keeps them across restarts.
    static void teach(ErlangPeer node) {
        try (Stream<Path> modules = Files.list(Distribution.sources().resolve("sample-webapp/erlang"))) {
            for (Path module : modules.sorted().toList()) {
                node.compile(Files.readString(module));
            }
            for (String module : new String[] {"pier_stream", "pier_mount", "pier_ewgi"}) {
                node.compile(Files.readString(Distribution.home().resolve("erlang/src/" + module + ".erl")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts what the cards need on the node: processes, and Mnesia in the node's folder.
    public static void start(ErlangPeer node) {
        if (!node.eval("pier_sample:start()").equals("ok")) {
            throw new AssertionError("pier_sample:start/0 has failed");
        }
    }

    /// The setup of a node with Elixir and the sample's chat.
    public static PeerSetup elixir() {
        return ErlangPeer.with().codePath(ElixirInstallation.modules()).codePath(Chat.MODULES);
    }

    /// Starts the chat on a node with that setup.
    public static void startChat(ErlangPeer node) {
        node.eval("{ok, _} = application:ensure_all_started(chat)");
    }

    /// Brings a minimal Plug to a node with the chat, as if it had the library.
    public static void addPlug(ErlangPeer node) throws IOException {
        Path plug = Distribution.sources()
                .resolve("plugin-erlang/tests/src/test/resources/dev/pier/erlang/plugin/minimal_plug.ex");
        node.evalBytes(
                "{ok, _} = application:ensure_all_started(elixir), ok = application:load(chat),"
                        + " application:set_env(chat, page, true), 'Elixir.Code':compile_string(Input), <<>>",
                Files.readAllBytes(plug));
    }

    /// The setting that makes the node the peer `chat`.
    public static String chatAt(ErlangPeer node) {
        return "erlang.peers.chat.node = \"" + node.nodeName() + "\"\n";
    }

    /// Compiled once, on first use.
    private static final class Chat {
        private static final Path MODULES =
                ElixirInstallation.compile(Distribution.sources().resolve("sample-webapp/elixir"), "chat");
    }
}
