package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `bin/pier status`, `apps` and `health`, with a server that runs and without one.
class OperatorCommandsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    Path home;

    private record Outcome(int status, String output) {}

    private Outcome pier(String... arguments) throws InterruptedException {
        try (PierProcess command = PierProcess.start(home, arguments)) {
            int status = command.awaitEnd();
            return new Outcome(status, command.output());
        }
    }

    @Test
    void aRunningServerIsShown() throws Exception {
        String node = TestHost.nodeName(TestHost.uniqueName("pier"));
        String conf = RunningPier.writeConf(
                        home,
                        RunningPier.erlangSettings(node, erlang.cookieFile(), erlang.nodeName())
                                + "erlang.peers.backend.required = any\n")
                .toString();
        Distribution.put(Distribution.sampleJar(), home.resolve("webapps/ROOT.jar"));
        Files.writeString(home.resolve("webapps/broken.jar"), "not a jar");
        try (PierProcess pier = PierProcess.serving(home, Path.of(conf))) {
            Await.until("the peer", () -> pier.getAdmin("/health/ready").statusCode() == 200);
            String port = String.valueOf(pier.getAdmin("/status").uri().getPort());

            Outcome status = pier("status", "--conf", conf, "--admin-port", port);
            assertThat(status.status()).as(status.output()).isZero();
            assertThat(status.output())
                    .contains("urls: http://")
                    .contains("\n  file        path     state ")
                    .contains("\n    node: " + node + "\n");
            assertThat(pier("apps", "--conf", conf, "--admin-port", port).output())
                    .startsWith("file ")
                    .containsPattern("\nROOT\\.jar +/ +deployed ")
                    .containsPattern("\nbroken\\.jar +/broken +failed ");
            assertThat(pier("status", "plugins.erlang.node", "--conf", conf, "--admin-port", port)
                            .output())
                    .isEqualTo(node + "\n");
            Outcome json = pier("apps", "--json", "--admin", "http://localhost:" + port);
            assertThat(JsonMapper.shared()
                            .readTree(json.output())
                            .get(0)
                            .get("file")
                            .asString())
                    .isEqualTo("ROOT.jar");
            assertThat(pier("health", "ready", "--conf", conf, "--admin-port", port))
                    .satisfies(it -> assertThat(it.status()).as(it.output()).isZero())
                    .satisfies(it -> assertThat(it.output()).startsWith("status: UP\n"));
            Outcome unknown = pier("status", "plugins.none", "--conf", conf, "--admin-port", port);
            assertThat(unknown.status()).isEqualTo(2);
            assertThat(unknown.output()).isEqualTo("pier status: the status has no section 'plugins.none'\n");

            erlang.stop();
            Await.until("the loss", () -> pier.getAdmin("/health/ready").statusCode() == 503);
            assertThat(pier("health", "ready", "--conf", conf, "--admin-port", port)
                            .status())
                    .isEqualTo(1);
            assertThat(pier("health", "LIVE", "--conf", conf, "--admin-port", port)
                            .status())
                    .isZero();
        }
    }

    @Test
    void withoutAServerTheCommandsSayHowToNameOne() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        Outcome free = pier("status", "--conf", conf.toString());
        assertThat(free.status()).isEqualTo(1);
        assertThat(free.output()).startsWith("pier status: admin.port is 0: name the address of the port");

        String closed = "http://127.0.0.1:" + freePort();
        for (String command : new String[] {"status", "apps", "health"}) {
            Outcome none = pier(command, "--admin", closed);
            assertThat(none.status()).as(command).isEqualTo(1);
            assertThat(none.output())
                    .startsWith("pier " + command + ": no Pier answers at " + closed + " (")
                    .endsWith("): start it, or name its admin port with --admin or --conf\n");
        }
        assertThat(pier("health", "well", "--admin", closed).status()).isEqualTo(2);
        assertThat(pier("apps", "--admin", "ftp://localhost").output())
                .startsWith("pier apps: ftp://localhost is not an address of an admin port: ");
        assertThat(pier("apps", "--conf", home.resolve("none.conf").toString()).status())
                .isEqualTo(78);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
