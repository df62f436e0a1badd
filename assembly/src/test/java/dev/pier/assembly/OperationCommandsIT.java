package dev.pier.assembly;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `bin/pier deploy`, `undeploy`, `redeploy`, `peers`, `ping`, `call`, `top`, `logs` and `failures`, with a
/// server that runs and without one.
class OperationCommandsIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    /// As for Erlang's own tools.
    private static final Map<String, String> EPMD = Map.of("ERL_EPMD_PORT", String.valueOf(TestEpmd.port()));

    @TempDir
    Path home;

    private record Outcome(int status, String output) {}

    private Outcome pier(List<String> server, String... arguments) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(server);
        try (PierProcess command = PierProcess.start(home, EPMD, all.toArray(String[]::new))) {
            int status = command.awaitEnd();
            return new Outcome(status, command.output());
        }
    }

    private static JsonNode json(Outcome outcome) {
        assertThat(outcome.status()).as(outcome.output()).isZero();
        return JsonMapper.shared().readTree(outcome.output());
    }

    private Path conf(String node) {
        return RunningPier.writeConf(
                home,
                RunningPier.erlangSettings(node, erlang.cookieFile(), erlang.nodeName())
                        + "erlang.peers.backend.required = any\nadmin.token-file = admin.token\n");
    }

    private static List<String> server(PierProcess pier, Path conf) {
        String port = String.valueOf(pier.getAdmin("/status").uri().getPort());
        return List.of("--conf", conf.toString(), "--admin-port", port);
    }

    @Test
    void applicationsAreDeployedStartedAnewAndRemoved() throws Exception {
        Path conf = RunningPier.writeConf(home, "admin.token-file = admin.token\n");
        Path archive = home.resolve("shop.war");
        Distribution.compileAndPack("Hello", """
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                @WebServlet("/hello")
                public class Hello extends HttpServlet {}
                """, home.resolve("hello.jar"));
        Files.writeString(home.resolve("broken.war"), "not a war");
        try (PierProcess pier = PierProcess.serving(home, conf)) {
            List<String> server = server(pier, conf);

            Outcome deployed = pier(server, "deploy", "hello.jar", "--as", "shop.jar");
            assertThat(deployed.status()).as(deployed.output()).isZero();
            assertThat(deployed.output()).contains("path: /shop\n").contains("state: deployed\n");
            assertThat(home.resolve("webapps/shop.jar")).exists();
            assertThat(json(pier(server, "redeploy", "shop", "--json"))
                            .path("state")
                            .asString())
                    .isEqualTo("deployed");

            Outcome broken = pier(server, "deploy", "broken.war");
            assertThat(broken.status()).isEqualTo(1);
            assertThat(broken.output()).startsWith("pier deploy: The body is no complete archive: ");
            assertThat(pier(server, "deploy", archive.toString()).output())
                    .isEqualTo("pier deploy: " + archive + " is not a file that can be read\n");
            assertThat(pier(server, "undeploy", "../conf/server.conf").status()).isEqualTo(1);
            assertThat(conf).exists();

            Outcome removed = pier(server, "undeploy", "shop.jar");
            assertThat(removed.status()).as(removed.output()).isZero();
            assertThat(removed.output()).contains("state: undeployed\n");
            assertThat(home.resolve("webapps/shop.jar")).doesNotExist();
            Outcome again = pier(server, "undeploy", "shop.jar");
            assertThat(again.status()).isEqualTo(1);
            assertThat(again.output()).isEqualTo("pier undeploy: There is no application of this name\n");

            Path other = Files.writeString(home.resolve("other.token"), "0123456789abcdef0123456789abcdef\n");
            Files.setPosixFilePermissions(other, fromString("rw-------"));
            Outcome stranger = pier(server, "redeploy", "shop", "--token-file", other.toString());
            assertThat(stranger.status()).isEqualTo(1);
            assertThat(stranger.output()).isEqualTo("pier redeploy: The token is not that of admin.token-file\n");
            assertThat(pier.output()).contains("Made the token of the admin port: ");
            assertThat(pier.output())
                    .doesNotContain(
                            Files.readString(home.resolve("conf/admin.token")).strip());
        }
    }

    @Test
    void logsAndFailuresAreShown() throws Exception {
        Path conf = RunningPier.writeConf(home, "admin.token-file = admin.token\n");
        Distribution.compileAndPack("Fails", """
                import jakarta.servlet.annotation.WebServlet;
                import jakarta.servlet.http.*;
                @WebServlet("/now")
                public class Fails extends HttpServlet {
                    @Override protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                        throw new IllegalStateException("the reason");
                    }
                }
                """, home.resolve("webapps/fails.jar"));
        try (PierProcess pier = PierProcess.serving(home, conf)) {
            List<String> server = server(pier, conf);
            Matcher failed = Pattern.compile("[0-9a-f]{16}")
                    .matcher(pier.get("/fails/now").body());
            assertThat(failed.find()).isTrue();
            String reference = failed.group();

            Outcome failures = pier(server, "failures");
            assertThat(failures.status()).as(failures.output()).isZero();
            assertThat(failures.output()).containsPattern(reference + " .* GET /fails/now ");
            Outcome failure = pier(server, "failures", reference);
            assertThat(failure.output())
                    .startsWith(reference + "\n")
                    .contains("\njava.lang.IllegalStateException: the reason\n    at Fails.doGet(Fails.java:");
            assertThat(json(pier(server, "failures", reference, "--json"))
                            .path("request")
                            .asString())
                    .isEqualTo("GET /fails/now");
            Outcome unknown = pier(server, "failures", "0000");
            assertThat(unknown.status()).isEqualTo(1);
            assertThat(unknown.output()).startsWith("pier failures: None of the last failures has this reference");

            assertThat(pier(server, "logs").output())
                    .containsPattern("INFO  \\[main] dev.pier.server.ApplicationServer: Pier .* is ready on ")
                    .contains("(reference " + reference + ")");
            assertThat(pier(server, "logs", "--lines", "1").output()).hasLineCount(1);
            assertThat(pier(server, "logs", "--lines", "0").status()).isEqualTo(2);
            List<String> follow = new ArrayList<>(List.of("logs", "--follow", "--json"));
            follow.addAll(server);
            try (PierProcess following = PierProcess.start(home, EPMD, follow.toArray(String[]::new))) {
                Await.until("the lines so far", () -> following.output().contains(reference));
                String next = pier.get("/fails/now").body().replaceAll("(?s).*([0-9a-f]{16}).*", "$1");
                Await.until("the next line", () -> following.output().contains(next));
            }
        }
    }

    @Test
    void erlangIsAskedThroughTheServer() throws Exception {
        Path conf = conf(TestHost.nodeName(TestHost.uniqueName("pier")));
        try (PierProcess pier = PierProcess.serving(home, conf)) {
            Await.until("the peer", () -> pier.getAdmin("/health/ready").statusCode() == 200);
            List<String> server = server(pier, conf);

            Outcome reversed = pier(server, "call", "backend", "lists:reverse([1,{a,<<\"b\">>},#{c => 2.5}])");
            assertThat(reversed.output()).isEqualTo("[#{c => 2.5},{a,<<\"b\">>},1]\n");
            assertThat(reversed.status()).isZero();
            assertThat(json(pier(server, "call", "backend", "maps:from_list([{<<\"k\">>, [1, 2]}]).", "--json")))
                    .isEqualTo(JsonMapper.shared().readTree("{\"k\": [1, 2]}"));
            assertThat(pier(server, "call", erlang.nodeName(), "erlang:node()").output())
                    .isEqualTo(erlang.nodeName() + "\n");

            Outcome failed = pier(server, "call", "backend", "erlang:binary_to_atom(1)");
            assertThat(failed.status()).isEqualTo(1);
            assertThat(failed.output()).startsWith("pier call: ").contains("badarg");
            Outcome evaluated = pier(server, "call", "backend", "lists:reverse(lists:seq(1,2))");
            assertThat(evaluated.status()).isEqualTo(1);
            assertThat(evaluated.output()).startsWith("pier call: the arguments are not terms: ");
            assertThat(pier(server, "call", "backend", "timer:sleep(60000)", "--timeout", "1")
                            .status())
                    .isEqualTo(1);
            assertThat(pier(server, "call", "absent", "erlang:node()").status()).isEqualTo(1);

            Outcome pong = pier(server, "ping", erlang.nodeName());
            assertThat(pong.output()).isEqualTo("pong\n");
            assertThat(json(pier(server, "ping", "backend", "--json"))
                            .path("answer")
                            .asString())
                    .isEqualTo("pong");
            Outcome pang = pier(server, "ping", "absent@localhost");
            assertThat(pang.status()).isEqualTo(1);
            assertThat(pang.output()).startsWith("pang");

            Outcome peers = pier(server, "peers");
            assertThat(peers.output())
                    .startsWith("peer ")
                    .containsPattern("\nbackend +" + erlang.nodeName() + " +CONNECTED ");
            JsonNode backend = json(pier(server, "peers", "--json")).path("backend");
            assertThat(backend.path("latency").path("ended").asInt()).isPositive();
            assertThat(backend.path("bytesIn").asInt()).isPositive();
        }
    }

    @Test
    void topShowsWhatHappensMeanwhile() throws Exception {
        Path conf = RunningPier.writeConf(home, "");
        AtomicBoolean over = new AtomicBoolean();
        try (PierProcess pier = PierProcess.serving(home, conf)) {
            List<String> server = server(pier, conf);
            Thread requests = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    pier.get("/nothing");
                }
            });
            JsonNode rows = json(pier(server, "top", "--count", "1", "--interval", "1", "--json"));
            assertThat(rows.get(0).path("of").asString())
                    .isEqualTo("application=none,method=GET,route=none,status=4xx");
            assertThat(rows.get(0).path("perSecond").asDouble()).isPositive();
            over.set(true);
            requests.join();
            Outcome idle = pier(server, "top", "--count", "2", "--interval", "1");
            assertThat(idle.status()).isZero();
            assertThat(idle.output()).endsWith(": no requests and no calls\n");
            assertThat(pier(server, "top", "--interval", "0").status()).isEqualTo(2);
        } finally {
            over.set(true);
        }
    }

    @Test
    void erlangIsAskedWithoutAServer() throws Exception {
        String own = TestHost.nodeName(TestHost.uniqueName("tool"));
        List<String> node =
                List.of("--node", own, "--cookie-file", erlang.cookieFile().toString());
        Outcome reversed = pier(node, "call", erlang.nodeName(), "lists:reverse([1,2,3])");
        assertThat(reversed.output()).isEqualTo("[3,2,1]\n");
        assertThat(reversed.status()).isZero();
        assertThat(json(pier(node, "call", erlang.nodeName(), "lists:reverse([1,2,3])", "--json"))
                        .toString())
                .isEqualTo("[3,2,1]");
        assertThat(pier(node, "ping", erlang.nodeName())).isEqualTo(new Outcome(0, "pong\n"));
        assertThat(pier(node, "ping", "absent@localhost").status()).isEqualTo(1);

        Path open = Files.writeString(home.resolve("open"), "cookie");
        Files.setPosixFilePermissions(open, fromString("rw-r--r--"));
        Outcome refused = pier(
                List.of("--node", own, "--cookie-file", open.toString()), "call", erlang.nodeName(), "erlang:node()");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.output())
                .startsWith("pier call: the node cannot start: ")
                .contains("chmod");
    }

    @Test
    void withoutAServerTheCommandsSayHowToNameOne() throws Exception {
        Path conf = RunningPier.writeConf(home, "admin.token-file = admin.token\n");
        Path token = Files.writeString(home.resolve("conf/admin.token"), "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(token, fromString("rw-------"));
        Files.writeString(home.resolve("shop.war"), "any");
        String closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = "http://127.0.0.1:" + socket.getLocalPort();
        }
        Map<String, List<String>> commands = Map.of(
                "deploy", List.of("shop.war"),
                "undeploy", List.of("shop"),
                "redeploy", List.of("shop"),
                "peers", List.of(),
                "top", List.of(),
                "logs", List.of(),
                "failures", List.of(),
                "ping", List.of("backend"),
                "call", List.of("backend", "erlang:node()"));
        for (Map.Entry<String, List<String>> command : commands.entrySet()) {
            List<String> line = new ArrayList<>(List.of(command.getKey()));
            line.addAll(command.getValue());
            Outcome none = pier(List.of("--admin", closed, "--conf", conf.toString()), line.toArray(String[]::new));
            assertThat(none.status()).as(none.output()).isEqualTo(1);
            assertThat(none.output())
                    .startsWith("pier " + command.getKey() + ": no Pier answers at " + closed + " (")
                    .endsWith("): start it, or name its admin port with --admin or --conf\n");
            assertThat(pier(List.of(), command.getKey(), "--no-such-option").status())
                    .isEqualTo(2);
        }
        Path without = Files.writeString(home.resolve("without.conf"), "");
        Outcome noToken = pier(List.of("--admin", closed, "--conf", without.toString()), "undeploy", "shop");
        assertThat(noToken.status()).isEqualTo(1);
        assertThat(noToken.output()).contains("set admin.token-file in server.conf");
    }
}
