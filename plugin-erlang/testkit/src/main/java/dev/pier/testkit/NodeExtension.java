package dev.pier.testkit;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeBuilder;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A JUnit extension: a node of Pier for the tests of a class, with real Erlang nodes as its peers.
///
/// ```java
/// @RegisterExtension
/// @Order(1)
/// static final ErlangPeer backend = ErlangPeer.start();
///
/// @RegisterExtension
/// @Order(2)
/// static final NodeExtension erlang = NodeExtension.create().peer("backend", backend);
///
/// @Test
/// void reversesAList() {
///     assertThat(erlang.peer("backend").call("lists", "reverse", List.of(1, 2)).as(int[].class)).containsExactly(2,
/// 1);
/// }
/// ```
///
/// The node has a unique name, listens on the loopback interface only, uses the tests' own EPMD, and takes the
/// cookie of its first peer. It starts before the first test of the class and is closed after the last one.
public final class NodeExtension implements BeforeAllCallback, AfterAllCallback {
    private final Map<String, ErlangPeer> peers = new LinkedHashMap<>();
    private UnaryOperator<NodeBuilder> settings = UnaryOperator.identity();
    private @Nullable NodeRuntime runtime;

    private NodeExtension() {}

    public static NodeExtension create() {
        return new NodeExtension();
    }

    /// Adds a peer.
    ///
    /// @param name the name by which the tests ask for it
    /// @param node started earlier: give its field a lower `@Order`
    public NodeExtension peer(String name, ErlangPeer node) {
        peers.put(name, node);
        return this;
    }

    /// Changes the settings with which the node starts.
    public NodeExtension with(UnaryOperator<NodeBuilder> change) {
        UnaryOperator<NodeBuilder> before = settings;
        settings = builder -> change.apply(before.apply(builder));
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        if (peers.isEmpty()) {
            throw new IllegalStateException("NodeExtension has no peer: add one with peer(name, node)");
        }
        InetSocketAddress epmd = new InetSocketAddress(TestHost.address(), TestEpmd.port());
        NodeBuilder builder = ErlangNodes.builder(TestHost.uniqueName("pier") + "@" + TestHost.NAME)
                .cookie(peers.values().iterator().next().cookie())
                .listen(new InetSocketAddress(TestHost.address(), 0))
                .epmd(new EpmdSettings(true, epmd, Duration.ofSeconds(5)));
        peers.forEach((name, node) -> builder.peer(name, node.nodeName()));
        runtime = settings.apply(builder).start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        NodeRuntime started = runtime;
        runtime = null;
        if (started != null) {
            started.close();
        }
    }

    /// The running node.
    ///
    /// @throws IllegalStateException outside of the tests of the class
    public NodeRuntime node() {
        if (runtime == null) {
            throw new IllegalStateException("the node runs only during the tests of its class");
        }
        return runtime;
    }

    /// A peer of the running node, by the name given to [#peer(String, ErlangPeer)].
    public Peer peer(String name) {
        return node().peer(name);
    }
}
