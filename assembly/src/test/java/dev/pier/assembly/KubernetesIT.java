package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangInstallation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The section of docs/clusters.md about Kubernetes: its command, its settings and its manifests, with loopback
/// addresses as those of the pods. And nodes with IPv6 addresses in their names.
class KubernetesIT {
    private static final String IPV4_ONLY = "-Xmx256m -Djava.net.preferIPv4Stack=true";

    @TempDir
    Path home;

    private final List<Process> processes = new ArrayList<>();
    private String section;

    @BeforeEach
    void read() throws IOException {
        String page = Files.readString(Distribution.sources().resolve("docs/clusters.md"));
        section = page.substring(page.indexOf("### Kubernetes"), page.indexOf("\n## ", page.indexOf("### Kubernetes")));
        Path cookie = Files.writeString(home.resolve(".erlang.cookie"), "kubernetes");
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
        Files.createDirectories(home.resolve("webapps"));
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
    }

    private List<String> blocks(String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(section)
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    /// The settings, with those that a test on one machine needs.
    private Path conf(String settings) throws IOException {
        return Files.writeString(home.resolve("server.conf"), settings + """

                http { host = 127.0.0.1, port = 0 }
                admin { host = 127.0.0.1, port = 0 }
                access-log.enabled = false
                webapps { folder = webapps, work = work }
                erlang.cookie-file = .erlang.cookie
                """);
    }

    private void run(Map<String, String> environment, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        home.resolve("erlang.log").toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("ERL_") || name.startsWith("XDG_"));
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        processes.add(builder.start());
    }

    private static void awaitReady(PierProcess pier) {
        Await.until("Pier to be ready", () -> pier.getAdmin("/health/ready").statusCode() == 200);
    }

    /// The expression with which a node connects to Pier, and writes a file then.
    private static String ping(String pier, Path file) {
        return "Ping = fun Again() -> case net_adm:ping('" + pier + "') of pong -> ok = file:write_file(\"" + file
                + "\", atom_to_list(node())); pang -> timer:sleep(100), Again() end end, Ping().";
    }

    @Test
    void podsWithoutEpmdConnectInBothDirections() throws Exception {
        String port = String.valueOf(freePort());
        Path hosts = Files.writeString(home.resolve("hosts"), "127.0.0.2 backend.prod.svc.cluster.local\n");
        startPod("127.0.0.2", port, "ok.");
        try (PierProcess pier = PierProcess.serving(
                home,
                conf(blocks("hocon").getFirst().replace("9100", port)),
                Map.of("POD_IP", "127.0.0.1", "PIER_JAVA_OPTS", IPV4_ONLY + " -Djdk.net.hosts.file=" + hosts))) {
            awaitReady(pier);
            assertThat(pier.getAdmin("/status").body())
                    .contains("\"node\":\"backend@127.0.0.2\",\"state\":\"CONNECTED\"");

            Path arrived = home.resolve("arrived");
            startPod("127.0.0.3", port, ping("web@127.0.0.1", arrived));
            Await.until("the node to connect to Pier", () -> Files.exists(arrived));

            assertThat(probes()).hasSize(3).allSatisfy(probe -> {
                assertThat(pier.getAdmin(probe.group(1)).statusCode()).isEqualTo(200);
                assertThat(Files.readString(Distribution.home().resolve("conf/server.conf")))
                        .containsPattern("admin \\{[^}]*\n  port = " + probe.group(2));
            });
        }
    }

    private List<MatchResult> probes() {
        return Pattern.compile("path: (\\S+), port: (\\d+)")
                .matcher(section)
                .results()
                .toList();
    }

    /// Starts a node with the command of the page.
    private void startPod(String address, String port, String expression) throws IOException {
        Matcher command = Pattern.compile("(?m)^erl (.*) …$").matcher(section);
        assertThat(command.find()).isTrue();
        run(
                Map.of("POD_IP", address),
                List.of(
                        "sh",
                        "-c",
                        "exec \"$0\" " + command.group(1).replace("9100", port) + " \"$@\"",
                        ErlangInstallation.find().erl(),
                        "-noinput",
                        "-kernel",
                        "inet_dist_use_interface",
                        "{" + address.replace('.', ',') + "}",
                        "-eval",
                        expression));
    }

    @Test
    void allPartsOfThePageNameTheSamePort() {
        assertThat(Pattern.compile("(?:port: |containerPort: |-erl_epmd_port |listen.port = |fixed-port = )(9\\d{3})")
                        .matcher(section)
                        .results()
                        .map(port -> port.group(1))
                        .filter(port -> !port.equals("9990")))
                .hasSize(5)
                .containsOnly("9100");
    }

    @Test
    void nodesWithIpv6AddressesAndNamesConnectInBothDirections() throws Exception {
        String epmdPort = String.valueOf(freePort());
        Map<String, String> epmd = Map.of("ERL_EPMD_PORT", epmdPort);
        run(epmd, List.of(ErlangInstallation.find().epmd()));
        Await.until("EPMD", () -> isOpen(Integer.parseInt(epmdPort)));
        startIpv6Node("backend@::1", epmd, "ok.");
        startIpv6Node("named@six.example.org", epmd, "ok.");
        Path hosts = Files.writeString(home.resolve("hosts"), "::1 six.example.org\n");
        try (PierProcess pier = PierProcess.serving(
                home,
                conf("""
                        erlang {
                          node = "web@::1"
                          epmd.port = %s
                          peers.backend { node = "backend@::1", required = any }
                          peers.named { node = "named@six.example.org", required = any }
                          peers.found { dns { name = "six.example.org", node = "backend" }, required = any }
                        }
                        """.formatted(epmdPort)),
                Map.of("PIER_JAVA_OPTS", "-Xmx256m -Djdk.net.hosts.file=" + hosts))) {
            awaitReady(pier);
            // By the address, by a name that has it, and by DNS.
            assertThat(pier.getAdmin("/status").body())
                    .containsPattern("\"backend\":\\{[^{}]*\"node\":\"backend@::1\",\"state\":\"CONNECTED\"")
                    .containsPattern("\"named\":\\{[^{}]*\"node\":\"named@six.example.org\",\"state\":\"CONNECTED\"")
                    .containsPattern("\"found\":\\{[^{}]*\"node\":\"backend@::1\",\"state\":\"CONNECTED\"");

            Path arrived = home.resolve("arrived");
            startIpv6Node("other@::1", epmd, ping("web@::1", arrived));
            Await.until("the node to connect to Pier", () -> Files.exists(arrived));
        }
    }

    private void startIpv6Node(String name, Map<String, String> environment, String expression) throws IOException {
        run(
                environment,
                List.of(
                        ErlangInstallation.find().erl(),
                        "-noinput",
                        "-name",
                        name,
                        "-proto_dist",
                        "inet6_tcp",
                        "-start_epmd",
                        "false",
                        "-eval",
                        expression));
    }
}
