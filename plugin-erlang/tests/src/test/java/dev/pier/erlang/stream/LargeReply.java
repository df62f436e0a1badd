package dev.pier.erlang.stream;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.call.CallListener;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.epmd.FixedPortLocator;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.jackson.databind.EtfValueMapper;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.EpmdPresence;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.NodeThreads;
import dev.pier.erlang.node.LocalNode;
import dev.pier.erlang.node.NodeSettings;
import dev.pier.erlang.peer.RemotePeer;
import dev.pier.erlang.process.ProcessLimits;
import dev.pier.erlang.testing.TestHost;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// A JVM of its own that takes one large reply: its arguments are the peer's name, its port, the cookie, the way to
/// write and a number for `s:maps/1` or `s:blob/1`. It prints how many bytes it wrote.
final class LargeReply {
    private LargeReply() {}

    public static void main(String[] args) throws Exception {
        NodeName peerName = NodeName.parse(args[0]);
        NodeSettings settings = new NodeSettings(
                new NodeName(TestHost.uniqueName("large"), TestHost.NAME),
                Optional.empty(),
                AllowedNodes.ALL,
                LinkSettings.of(Cookie.of(args[2])).withBatching(BatchingMode.NEVER),
                ProcessLimits.DEFAULT);
        FixedPortLocator locator = new FixedPortLocator(Integer.parseInt(args[1]));
        try (LocalNode node =
                        new LocalNode(settings, EpmdPresence.randomCreation(), locator, NodeThreads.platform("large"));
                Counter counter = new Counter()) {
            Peer peer = new RemotePeer(
                    "large",
                    node.persistentLink(peerName),
                    node.processes(),
                    new CallOptions(Duration.ofMinutes(2)),
                    new EtfValueMapper(),
                    DecodeLimits.DEFAULT,
                    CallListener.NONE);
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
