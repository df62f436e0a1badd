package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.assembly.Counter.Answer;
import dev.pier.assembly.Counter.Browser;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.node.EpmdSettings;
import dev.pier.erlang.node.ErlangNodes;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.NetworkHosts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Six hosts in network namespaces: three Erlang nodes with sessions in Mnesia, two Piers that are connected to all of
/// them, and haproxy with the example of docs/clusters.md, which sends each request to either Pier.
class SessionHostsIT {
    private static final int CLIENTS = 64;
    private static final int NODES = 3;

    /// Between two requests of a browser, so that the machine has time for its six hosts.
    private static final Duration THINK_TIME = Duration.ofMillis(100);

    private static final int HAPROXY = NODES + 3;

    @TempDir
    Path home;

    private NetworkHosts hosts;

    /// A node on the machine itself, which gives the Erlang nodes their orders.
    private NodeRuntime control;

    private final List<PierProcess> piers = new ArrayList<>();
    private @Nullable Process haproxy;
    private URI front;

    @BeforeEach
    void start() throws Exception {
        hosts = NetworkHosts.start(
                NODES, 3, Files.readString(Distribution.home().resolve("erlang/src/pier_sessions.erl")));
        control = ErlangNodes.builder("control@" + hosts.ownAddress())
                .cookie(hosts.cookie())
                .epmd(EpmdSettings.DEFAULT.withRegister(false))
                .start();
        for (int node = 1; node <= NODES; node++) {
            startMnesia(node);
        }
        for (int node = 1; node <= NODES; node++) {
            setUpSessions(node);
        }
        for (int pier = 0; pier < 2; pier++) {
            Path folder = Files.createDirectories(home.resolve("pier" + pier));
            Files.createDirectories(folder.resolve("webapps"));
            Files.writeString(folder.resolve("server.conf"), conf(pier));
            Counter.deploy(jar(pier), "v0");
            piers.add(startPier(pier));
        }
        front = URI.create("http://" + hosts.address(HAPROXY) + "/");
        haproxy = startHaproxy();
        try (Browser browser = new Browser()) {
            Await.until("a response through haproxy", () -> status(browser) == 200);
        }
    }

    private int status(Browser browser) {
        try {
            return browser.get(front).status();
        } catch (IOException _) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /// A node can be called before its boot has ended, and Mnesia started only after it.
    private void startMnesia(int node) {
        Await.until("Mnesia to start", () -> order(node, "mnesia", "start").equals("ok"));
    }

    private void setUpSessions(int node) {
        List<Atom> all = IntStream.rangeClosed(1, NODES)
                .mapToObj(it -> Atom.of(hosts.nodeName(it)))
                .toList();
        assertThat(order(node, "pier_sessions", "setup", all, Map.of(Atom.of("majority"), true)))
                .isEqualTo("ok");
    }

    private String order(int node, String module, String function, Object... arguments) {
        return Await.value(
                "an answer of node " + node, () -> answer(node, module, function, arguments), it -> !it.isEmpty());
    }

    /// Empty if the node cannot be reached yet.
    private String answer(int node, String module, String function, Object... arguments) {
        try {
            return control.peer(hosts.nodeName(node))
                    .call(module, function, arguments)
                    .term()
                    .toString();
        } catch (ErlangException e) {
            if (e.maybeExecuted()) {
                throw e;
            }
            return "";
        }
    }

    private String conf(int pier) throws IOException {
        Path cookie = Files.writeString(home.resolve("cookie" + pier), hosts.cookie());
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("rw-------"));
        String nodes = IntStream.rangeClosed(1, NODES)
                .mapToObj(it -> '"' + hosts.nodeName(it) + '"')
                .collect(Collectors.joining(", "));
        return """
                http { host = "%1$s", port = 8080, shutdown-delay = 5 s }
                admin { host = "%1$s", port = 9990, token-file = admin%1$s.token }
                access-log.enabled = false
                webapps { folder = webapps, work = work, scan-interval = 50 ms }
                sessions { store = erlang/backend, store-timeout = 10 s }
                erlang {
                  node = "web@%1$s"
                  cookie-file = "%2$s"
                  epmd.enabled = false
                  net-ticktime = 4 s
                  peers.backend { nodes = [%3$s], required = any }
                }
                """.formatted(pierAddress(pier), cookie, nodes);
    }

    private String pierAddress(int pier) {
        return hosts.address(pierHost(pier));
    }

    private static int pierHost(int pier) {
        return NODES + 1 + pier;
    }

    private Path jar(int pier) {
        return home.resolve("pier" + pier).resolve("webapps/app.jar");
    }

    private PierProcess startPier(int pier) {
        Path folder = home.resolve("pier" + pier);
        return PierProcess.serving(hosts.prefix(pierHost(pier)), folder, folder.resolve("server.conf"));
    }

    /// haproxy as in docs/clusters.md, with the addresses of this network.
    private Process startHaproxy() throws IOException {
        String page = Files.readString(Distribution.sources().resolve("docs/clusters.md"));
        Matcher example = Pattern.compile("(?s)```haproxy\n(.*?)```").matcher(page);
        assertThat(example.find()).isTrue();
        Path settings = Files.writeString(
                home.resolve("haproxy.cfg"),
                example.group(1).replace("10.0.0.1:", pierAddress(0) + ":").replace("10.0.0.2:", pierAddress(1) + ":"));
        List<String> command = new ArrayList<>(hosts.prefix(HAPROXY));
        command.addAll(List.of("haproxy", "-db", "-f", settings.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("haproxy.log").toFile())
                .start();
    }

    @AfterEach
    void stop() {
        if (haproxy != null) {
            haproxy.destroyForcibly();
        }
        piers.forEach(PierProcess::close);
        if (control != null) {
            control.close();
        }
        if (hosts != null) {
            hosts.close();
        }
    }

    /// Counts what browsers see.
    private static final class Load implements AutoCloseable {
        final AtomicInteger answers = new AtomicInteger();

        /// The status or exception of each request that failed.
        final Queue<String> failures = new ConcurrentLinkedQueue<>();

        /// Counts that are not above the count before, or what a browser failed with.
        final Queue<String> wrong = new ConcurrentLinkedQueue<>();

        private final AtomicBoolean ending = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Load(URI front) {
            for (int i = 0; i < CLIENTS; i++) {
                threads.add(Thread.ofVirtual().start(() -> browse(front)));
            }
        }

        private void browse(URI front) {
            int last = 0;
            try (Browser browser = new Browser()) {
                while (!ending.get()) {
                    Thread.sleep(THINK_TIME);
                    try {
                        Answer answer = browser.get(front);
                        if (answer.status() != 200) {
                            failures.add(answer.status() + " " + answer.body());
                        } else if (answer.count() <= last) {
                            wrong.add(answer.body() + " after " + last);
                        } else {
                            last = answer.count();
                            answers.incrementAndGet();
                        }
                    } catch (IOException e) {
                        failures.add(e.toString());
                    }
                }
            } catch (InterruptedException e) {
                wrong.add(e.toString());
            }
        }

        void awaitMore() {
            int before = answers.get();
            Await.until(
                    "requests", Duration.ofSeconds(60), () -> answers.get() > before + 5 * CLIENTS || !wrong.isEmpty());
        }

        @Override
        public void close() {
            ending.set(true);
            Await.until(
                    "the end of the browsers",
                    Duration.ofSeconds(70),
                    () -> threads.stream().noneMatch(Thread::isAlive));
        }
    }

    @Test
    void noCountGoesBackAndNoRequestFails() throws Exception {
        Load load = new Load(front);
        try (load) {
            load.awaitMore();
            for (int round = 1; round <= 10; round++) {
                redeploy(round % 2, "v" + round);
                load.awaitMore();
                restart(1 - round % 2, "v" + round);
                load.awaitMore();
                if (round == 3) {
                    hosts.killNode(1);
                    load.awaitMore();
                    hosts.startNode(1);
                    startMnesia(1);
                    setUpSessions(1);
                } else if (round == 6) {
                    cutOffAndConnectAgain(2, load);
                }
            }
        }
        assertThat(load.wrong).isEmpty();
        assertThat(load.failures)
                .as("failures, beside %s answers", load.answers)
                .isEmpty();
    }

    private void redeploy(int pier, String version) {
        Counter.deploy(jar(pier), version);
        Await.until(version, () -> piers.get(pier).get("/app/count").body().endsWith(version));
    }

    private void restart(int pier, String version) throws InterruptedException {
        piers.get(pier).terminate();
        assertThat(piers.get(pier).awaitEnd()).isEqualTo(143);
        Counter.deploy(jar(pier), version);
        piers.set(pier, startPier(pier));
    }

    /// The others go on without the node, so that it refuses sessions until Mnesia has been restarted there.
    private void cutOffAndConnectAgain(int node, Load load) {
        hosts.cut(node);
        awaitEachPier(node, "\"state\":\"(?!CONNECTED)");
        load.awaitMore();
        hosts.heal(node);
        awaitEachPier(node, "\"state\":\"CONNECTED\"");
        load.awaitMore();
        hosts.killNode(node);
        hosts.startNode(node);
        startMnesia(node);
        setUpSessions(node);
    }

    private void awaitEachPier(int node, String state) {
        Pattern pattern = Pattern.compile(Pattern.quote("\"node\":\"" + hosts.nodeName(node) + "\",") + state);
        for (PierProcess pier : piers) {
            Await.until(
                    state + " of " + hosts.nodeName(node),
                    Duration.ofSeconds(30),
                    () -> pattern.matcher(pier.getAdmin("/status").body()).find());
        }
    }
}
