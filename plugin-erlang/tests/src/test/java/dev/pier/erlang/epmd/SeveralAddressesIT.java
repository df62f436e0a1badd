package dev.pier.erlang.epmd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.LinkSettings;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A peer whose host has several addresses, of which not all answer.
class SeveralAddressesIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private final List<SocketChannel> waiting = new ArrayList<>();
    private ServerSocket full;

    /// An address that does not answer: the queue of its connections is full.
    @BeforeEach
    void fill() throws IOException {
        full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"));
        for (int i = 0; i < 8; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(full.getLocalSocketAddress());
            waiting.add(channel);
        }
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : waiting) {
            channel.close();
        }
        full.close();
    }

    private InetSocketAddress silent() {
        return (InetSocketAddress) full.getLocalSocketAddress();
    }

    /// A peer at several addresses.
    private record Everywhere(List<InetSocketAddress> addresses) implements NodeLocator {
        @Override
        public InetSocketAddress locate(NodeName node) {
            return addresses.getFirst();
        }

        @Override
        public List<InetSocketAddress> locateAll(NodeName node) {
            return addresses;
        }
    }

    private static TestNode nodeThatFinds(List<InetSocketAddress> addresses) throws IOException {
        return TestNode.start(TestNode.builder(erlang.cookie())
                .link(LinkSettings.DEFAULT.withConnectTimeout(Duration.ofSeconds(2)))
                .locator(_ -> new Everywhere(addresses)));
    }

    private static int port() {
        return TestEpmd.portOf(NodeName.parse(erlang.nodeName()).alive());
    }

    @Test
    void theNextAddressIsTriedWithinTheConnectTimeout() throws IOException {
        InetSocketAddress refusing;
        try (ServerSocket unused = new ServerSocket(0, 1, TestHost.address())) {
            refusing = (InetSocketAddress) unused.getLocalSocketAddress();
        }
        InetSocketAddress right = new InetSocketAddress(TestHost.address(), port());
        try (TestNode node = nodeThatFinds(List.of(refusing, silent(), right))) {
            assertThat(node.peer(erlang).call("erlang", "node").as(String.class))
                    .isEqualTo(erlang.nodeName());
            assertThat(node.link(erlang).totals().reconnects()).isZero();
        }
    }

    @Test
    void eachAddressThatFailedIsNamed() throws IOException {
        InetSocketAddress other = new InetSocketAddress(InetAddress.getByName("127.0.0.3"), silent().getPort());
        try (TestNode node = nodeThatFinds(List.of(silent(), other))) {
            PeerLink link = node.link(erlang);
            link.connect();
            Await.until("the end of the attempt", () -> link.status().state() == State.WAITING);
            assertThat(link.status().lastProblem().orElseThrow())
                    .contains("127.0.0.2:" + silent().getPort(), "127.0.0.3:" + silent().getPort());
        }
    }
}
