package dev.pier.erlang.stream;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.SmallJvm;
import java.io.OutputStream;

/// A program in a JVM of its own that reads one large reply. Its arguments are the peer's name, its port, the cookie,
/// the format to write, and a number for `s:maps/1` or `s:blob/1`. It prints how many bytes it wrote.
final class LargeReply {
    private LargeReply() {}

    public static void main(String[] args) throws Exception {
        try (NodeRuntime node = SmallJvm.node(args).start();
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
