package dev.pier.erlang.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.metrics.ErlangMetrics;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.TestTls;
import dev.pier.server.plugin.HealthCheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The admin port shows certificates.
class TlsStatusIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.with().tls(TestTls.create()).start();

    /// A node whose certificate expires in some days, connected to Erlang.
    private static NodeRuntime start(int days) throws IOException {
        Instant now = Instant.now();
        TestTls files = TestTls.of(
                TestTls.ca()
                        .issue("web", now.minus(Duration.ofDays(60)), now.plus(Duration.ofDays(days)), TestHost.NAME),
                TestTls.ca());
        return TestNode.builder(erlang.cookie())
                .tls(TestNode.settings(files))
                .peer("backend", erlang.nodeName())
                .start();
    }

    @Test
    void theStatusShowsWhatProtectsEachConnection() throws IOException {
        try (NodeRuntime node = start(30)) {
            assertThat(node.peer("backend").call("erlang", "abs", -1).as(Integer.class))
                    .isEqualTo(1);
            assertThat(ErlangStatus.of(node))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .extractingByKey("tls", InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("subject", "CN=web")
                    .containsKey("expires")
                    .doesNotContainKey("warning");
            assertThat(ErlangStatus.of(node))
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .extractingByKey("peers", InstanceOfAssertFactories.map(String.class, Object.class))
                    .extractingByKey("backend", InstanceOfAssertFactories.map(String.class, Object.class))
                    .extractingByKey("tls", InstanceOfAssertFactories.map(String.class, Object.class))
                    .containsEntry("protocol", "TLSv1.3")
                    .containsEntry("cipher", "TLS_AES_256_GCM_SHA384")
                    .containsEntry("peer", "CN=node")
                    .containsKeys("peerExpires", "ownExpires");
        }
    }

    private static Map<String, Object> readiness(int days) throws IOException {
        try (NodeRuntime node = start(days)) {
            HealthCheck.Result result = new ErlangStatus.CertificateCheck(requireNonNull(node.tls())).check();
            assertThat(result.up()).isTrue();
            return result.data();
        }
    }

    @Test
    void readinessWarns14DaysAhead() throws IOException {
        assertThat(readiness(15)).doesNotContainKey("warning");
        assertThat(readiness(13)).containsEntry("warning", "the certificate expires in 12 days: renew it");
        assertThat(readiness(-1)).containsEntry("warning", "the certificate has expired: peers refuse it");
    }

    @Test
    void aGaugeHasTheSecondsThatAreLeft() throws IOException {
        try (NodeRuntime node = start(30)) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new ErlangMetrics(registry).register(node);
            assertThat(registry.get("pier.erlang.tls.expiry").gauge().value()).isBetween(29.9 * 86_400, 30.0 * 86_400);
            assertThat(registry.get("pier.erlang.tls.expiry").gauge().getId().getBaseUnit())
                    .isEqualTo("seconds");
        }
    }
}
