package dev.pier.erlang.stream;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.TestTls;
import java.io.OutputStream;
import java.time.Duration;

/// A program in a JVM of its own that reads one large reply. Its arguments are the peer's name, its port, the cookie,
/// the format to write, and a number for `s:maps/1` or `s:blob/1`. It prints how many bytes it wrote.
final class LargeReply {
    private LargeReply() {}

    public static void main(String[] args) throws Exception {
        NodeBuilder builder = ErlangNodes.builder(TestHost.uniqueName("large") + "@" + TestHost.NAME)
                .cookie(args[2])
                .withoutListening()
                .peer(
                        "large",
                        it -> it.node(args[0])
                                .address(TestHost.NAME, Integer.parseInt(args[1]))
                                .timeout(Duration.ofMinutes(2)));
        TestTls.ofTheRun().ifPresent(tls -> builder.tls(TestNode.settings(tls)));
        try (NodeRuntime node = builder.start();
                Counter counter = new Counter()) {
            Peer peer = node.peer("large");
            long size = Long.parseLong(args[4]);
            switch (args[3]) {
                case "json" -> peer.stream("s", "maps", size).writeJson(counter);
                case "ndjson" -> peer.stream("s", "maps", size).writeNdjson(counter);
                default -> peer.stream("s", "blob", size).writeBytes(counter);
            }
            System.out.println(counter.bytes);
        }
    }

    private static final class Counter extends OutputStream {
        private long bytes;

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] source, int offset, int length) {
            bytes += length;
        }
    }
}
