package dev.pier.erlang.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.link.PeerLink;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.TestTls;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// A node of Pier and one of Erlang within TLS; both verify the certificate of the other.
@ParameterizedClass
@ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
@SuppressWarnings("NullAway.Init") // `start` begins each test.
class TlsIT {
    private static final TestTls FILES = TestTls.create();

    @Parameter
    String version;

    private ErlangPeer erlang;
    private TestNode pier;

    @BeforeEach
    void start() throws IOException {
        TestTls files = FILES.withVersions(version);
        erlang = ErlangPeer.with().tls(files).start();
        pier = TestNode.start(TestNode.builder(erlang.cookie()).tls(TestNode.settings(files)));
    }

    @AfterEach
    void stop() {
        pier.close();
        erlang.close();
    }

    @Test
    void pierConnectsAndCalls() {
        PeerLink link = pier.link(erlang);
        Peer peer = pier.peer(link);
        assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
        assertThat(peer.call("binary", "copy", new byte[1], 3_000_000).as(byte[].class))
                .hasSize(3_000_000);
        assertThat(peer.call("erlang", "byte_size", new byte[5_000_000]).as(Integer.class))
                .isEqualTo(5_000_000);
        assertThat(link.current().orElseThrow().connection().tls())
                .satisfies(info -> assertThat(info.protocol()).isEqualTo(version));
    }

    @Test
    void erlangConnectsAndCalls() {
        pier.runtime().expose("m", "twice", 1, arguments -> arguments.as(0, Integer.class) * 2);
        assertThat(erlang.eval("erpc:call('" + pier.name() + "', m, twice, [21])"))
                .isEqualTo("42");
    }
}
