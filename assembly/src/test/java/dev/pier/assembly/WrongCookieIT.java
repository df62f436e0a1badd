package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Pier and a node with different cookies: neither can connect to the other, the log has one warning per peer, and no
/// output contains a cookie.
class WrongCookieIT {
    private static final String OURS = "ourverysecretcookie";

    @TempDir
    Path home;

    private ErlangPeer erlang;
    private LogCapture log;

    @BeforeEach
    void start() {
        erlang = ErlangPeer.start();
        log = LogCapture.begin();
    }

    @AfterEach
    void stop() {
        log.close();
        erlang.close();
    }

    @Test
    void pierConnects() throws Exception {
        try (RunningPier pier = pier("erlang.peers.backend.required = true")) {
            pier.deploySample();
            pier.start();
            Await.until("the refusal", () -> pier.admin("/status").body().contains("\"REFUSED\""));

            HttpResponse<String> ready = pier.admin("/health/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body())
                    .contains("\"DOWN\"", "erlang/backend", erlang.nodeName())
                    .contains("cookie is probably different");
            assertThat(pier.admin("/health/live").statusCode())
                    .as("liveness: a restart would not help")
                    .isEqualTo(200);
            for (int i = 0; i < 50; i++) {
                assertThat(pier.get("/hello").statusCode()).isEqualTo(503);
            }
            assertThat(log.warnings("cookie")).singleElement().asString().contains(erlang.nodeName());
            assertNoCookie(pier);
        }
    }

    @Test
    void theNodeConnects() throws Exception {
        try (RunningPier pier = pier("erlang.peers.backend.connect = at-first-use")) {
            pier.start();
            for (int i = 0; i < 5; i++) {
                assertThat(erlang.eval("net_kernel:connect_node('" + pier.node() + "')"))
                        .isEqualTo("false");
            }
            Await.until(
                    "all rejections",
                    () -> log.lines(Level.DEBUG, "has a different cookie").size() == 5);
            assertThat(log.warnings("cookie")).singleElement().asString().contains(erlang.nodeName());
            Await.asserted(
                    "the rejections in the status",
                    () -> assertThat(pier.admin("/status").body())
                            .containsPattern("\"count\" ?: ?5")
                            .contains(erlang.nodeName())
                            .contains("has a different cookie"));
            assertThat(pier.admin("/metrics").body())
                    .contains("pier_erlang_served_running 0.0", "pier_erlang_served_max 10000.0");
            assertThat(erlang.eval("nodes(hidden)")).isEqualTo("[]");
            assertNoCookie(pier);
        }
    }

    private RunningPier pier(String more) throws Exception {
        Path cookie = Files.writeString(home.resolve("cookie"), OURS);
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("rw-------"));
        return RunningPier.in(home, cookie, erlang.nodeName(), more);
    }

    private void assertNoCookie(RunningPier pier) throws Exception {
        for (String secret : new String[] {OURS, erlang.cookie()}) {
            assertThat(log.text()).doesNotContain(secret);
            for (String path : new String[] {"/status", "/health", "/health/ready", "/metrics"}) {
                assertThat(pier.admin(path).body()).doesNotContain(secret);
            }
        }
    }
}
