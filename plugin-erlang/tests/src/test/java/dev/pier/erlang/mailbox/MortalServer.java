package dev.pier.erlang.mailbox;

import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;

/// A Java program whose node never answers, to be killed by a test: it has a mailbox `silent` and a function
/// `java:sleeps/0`. It prints `up` when other nodes can reach it, and ends with its standard input.
final class MortalServer {
    private MortalServer() {}

    /// @param arguments the node's name before the `@`, EPMD's port, the cookie
    public static void main(String[] arguments) throws IOException {
        try (NodeRuntime node = TestNode.builder(arguments[0], Integer.parseInt(arguments[1]), arguments[2])
                .start()) {
            node.expose("java", "sleeps", 0, _ -> {
                Thread.sleep(Duration.ofHours(1));
                return null;
            });
            node.mailbox("silent");
            System.out.println("up");
            while (System.in.read() >= 0) {
                // Runs until its standard input ends.
            }
        }
    }
}
