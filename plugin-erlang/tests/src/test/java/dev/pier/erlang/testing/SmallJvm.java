package dev.pier.erlang.testing;

import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A program in a JVM of its own, with a heap of 128 MiB and a node of Pier whose only peer is `large`.
public final class SmallJvm {
    private SmallJvm() {}

    /// The command that starts a program.
    ///
    /// @param arguments further ones, after the peer's name, its port and the cookie
    public static ProcessBuilder command(Class<?> program, ErlangPeer peer, String... arguments) {
        String name = peer.nodeName();
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(TestTls.jvmOptions());
        command.addAll(List.of(
                "-Xmx128m",
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                name,
                Integer.toString(TestEpmd.portOf(name.substring(0, name.indexOf('@')))),
                peer.cookie()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /// The node of such a program.
    ///
    /// @param arguments those of the program
    public static NodeBuilder node(String... arguments) {
        NodeBuilder builder = ErlangNodes.builder(TestHost.nodeName(TestHost.uniqueName("small")))
                .cookie(arguments[2])
                .withoutListening()
                .peer(
                        "large",
                        it -> it.node(arguments[0])
                                .address(TestHost.NAME, Integer.parseInt(arguments[1]))
                                .timeout(Duration.ofMinutes(2)));
        TestTls.ofTheRun().ifPresent(tls -> builder.tls(TestNode.settings(tls)));
        return builder;
    }
}
