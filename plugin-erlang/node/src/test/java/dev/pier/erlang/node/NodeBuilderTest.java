package dev.pier.erlang.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.transport.TlsSettings;
import dev.pier.erlang.transport.TlsUse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a node listens by default: so that it is reachable at its own name.
class NodeBuilderTest {
    private static InetSocketAddress listening(String host) {
        return requireNonNull(ErlangNodes.builder("x@" + host).settings().listen());
    }

    @ParameterizedTest
    @CsvSource({"localhost, 127.0.0.1", "127.0.0.1, 127.0.0.1", "127.0.1.1, 127.0.1.1", "::1, ::1"})
    void aNodeOfThisMachineAloneListensAtItsLoopbackAddress(String host, String address) throws IOException {
        assertThat(listening(host).getAddress()).isEqualTo(InetAddress.getByName(address));
    }

    /// The name of a Debian machine has the address 127.0.1.1 there, and another one elsewhere.
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.1.1"})
    void everyOtherNodeListensAtAllAddresses(String address) throws IOException {
        assertThat(listening("debhost").getAddress().isAnyLocalAddress()).isTrue();
        try (NodeListener listener = NodeListener.bind(listening("debhost"));
                Socket peer = new Socket(InetAddress.getByName(address), listener.port())) {
            assertThat(peer.isConnected()).isTrue();
        }
    }

    @Test
    void aPortIsKept() {
        assertThat(requireNonNull(ErlangNodes.builder("x@debhost")
                                .listen(4711)
                                .settings()
                                .listen())
                        .getPort())
                .isEqualTo(4711);
    }

    @Test
    void aPeerThatRequiresTlsNeedsANodeThatHasIt() {
        NodeBuilder builder = ErlangNodes.builder("web@localhost")
                .cookie("c")
                .withoutListening()
                .peer("backend", it -> it.node("backend@localhost").tls(TlsUse.REQUIRED));
        assertThatThrownBy(builder::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("peer 'backend' requires TLS, and the node has none");
    }

    @Test
    void aNodeDoesNotStartWithoutItsCertificate() {
        Path missing = Path.of("/nowhere/node.pem");
        NodeBuilder builder = ErlangNodes.builder("web@localhost")
                .cookie("c")
                .withoutListening()
                .tls(TlsSettings.pem(missing, Path.of("/nowhere/node.key"), null));
        assertThatThrownBy(builder::start)
                .isInstanceOf(IOException.class)
                .hasMessage("TLS certificate: file /nowhere/node.pem does not exist");
    }
}
