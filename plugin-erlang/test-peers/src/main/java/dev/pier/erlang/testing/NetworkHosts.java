package dev.pier.erlang.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Hosts on one network, each a network namespace with its own address. The first ones have an EPMD and an Erlang node
/// each; on the others, tests run what they like. This JVM is on the same network, at [#ownAddress].
///
/// Cutting a host off unplugs its cable from the switch: packets to and from it are dropped silently, and its
/// sockets stay open. The addresses of the network cards are configured, so that no failed look-up of them tells of
/// the cut.
///
/// For one thread at a time.
public final class NetworkHosts implements AutoCloseable {
    /// The name of each Erlang node before the `@`.
    public static final String ALIVE = "backend";

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /// Unique on this machine, and short: a network device has at most 15 characters.
    private final String id = "p" + Long.toString(ProcessHandle.current().pid(), 36);

    private final String bridge = id + "b";
    private final String network;
    private final int nodes;
    private final int hosts;
    private final String cookie = PeerSetup.randomCookie();
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    /// The process of each Erlang node, by host.
    private final Map<Integer, Process> nodeProcesses = new HashMap<>();

    private NetworkHosts(int nodes, int others) {
        this.nodes = nodes;
        this.hosts = nodes + others;
        // One of 250 networks, so that tests may run side by side.
        this.network = "10.213." + ProcessHandle.current().pid() % 250 + ".";
        try {
            this.folder = PeerFolder.temporary("hosts");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the network and starts the nodes.
    ///
    /// @param source an Erlang module that all nodes have
    /// @throws AssertionError if network namespaces cannot be made here
    public static NetworkHosts start(int nodes, String source) {
        return start(nodes, 0, source);
    }

    /// @param others the number of hosts without an Erlang node; their numbers follow those of the nodes
    public static NetworkHosts start(int nodes, int others, String source) {
        NetworkHosts network = new NetworkHosts(nodes, others);
        try {
            network.connect();
            network.startNodes(source);
            return network;
        } catch (Throwable t) {
            network.close();
            throw t;
        }
    }

    private void connect() {
        try {
            ip("link", "add", bridge, "type", "bridge");
        } catch (AssertionError e) {
            throw new AssertionError(
                    "network namespaces cannot be made here: this test needs the right to (root, or CAP_NET_ADMIN and"
                            + " CAP_SYS_ADMIN)",
                    e);
        }
        // An address of its own; otherwise it is that of a port, and changes with them.
        ip("link", "set", bridge, "address", "02:00:00:00:00:fe");
        ip("addr", "add", ownAddress() + "/24", "dev", bridge);
        ip("link", "set", bridge, "up");
        for (int host = 1; host <= hosts; host++) {
            ip("netns", "add", namespace(host));
            ip("link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns", namespace(host));
            ip("link", "set", cable(host), "master", bridge);
            ip("link", "set", cable(host), "up");
            in(host, "ip", "addr", "add", address(host) + "/24", "dev", "eth0");
            in(host, "ip", "link", "set", "eth0", "up");
            in(host, "ip", "link", "set", "lo", "up");
            ip(
                    "neigh",
                    "replace",
                    address(host),
                    "lladdr",
                    in(host, "cat", "/sys/class/net/eth0/address"),
                    "dev",
                    bridge);
            in(host, "ip", "neigh", "replace", ownAddress(), "lladdr", card(bridge), "dev", "eth0");
        }
    }

    private static String card(String device) {
        return run(List.of("cat", "/sys/class/net/" + device + "/address"));
    }

    private void startNodes(String source) {
        ErlangInstallation erlang = ErlangInstallation.find();
        try {
            String module = source.replaceFirst("(?s).*-module\\((\\w+)\\).*", "$1");
            Path file = folder.resolve(module + ".erl");
            Files.writeString(file, source);
            run(List.of(erlang.erlc(), "-o", folder.toString(), file.toString()));
            Path home = Files.createDirectory(folder.resolve("home"));
            Path cookieFile = Files.writeString(home.resolve(".erlang.cookie"), cookie);
            Files.setPosixFilePermissions(cookieFile, PosixFilePermissions.fromString("r--------"));
            for (int host = 1; host <= nodes; host++) {
                Process _ = start(host, List.of(erlang.epmd()));
            }
            for (int host = 1; host <= nodes; host++) {
                int its = host;
                Await.until("EPMD of host " + host, DEADLINE, () -> names(its) != null);
                startErlang(host);
            }
            for (int host = 1; host <= nodes; host++) {
                awaitNode(host);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void startErlang(int host) throws IOException {
        List<String> command = List.of(
                ErlangInstallation.find().erl(),
                "-noinput",
                "-name",
                nodeName(host),
                "-start_epmd",
                "false",
                "-pa",
                folder.toString(),
                "-kernel",
                "net_ticktime",
                "4");
        nodeProcesses.put(host, start(host, command));
    }

    private void awaitNode(int host) {
        Await.until(
                "the node of host " + host,
                DEADLINE,
                () -> String.valueOf(names(host)).contains("name " + ALIVE));
    }

    /// Kills the Erlang node of a host with SIGKILL.
    public void killNode(int host) {
        Process process = Objects.requireNonNull(nodeProcesses.get(host), "host without a node");
        process.destroyForcibly();
        Await.until("the end of the node of host " + host, DEADLINE, () -> !process.isAlive());
        Await.until(
                "EPMD of host " + host + " to notice",
                DEADLINE,
                () -> !String.valueOf(names(host)).contains("name " + ALIVE));
    }

    /// Starts the Erlang node of a host again.
    public void startNode(int host) {
        try {
            startErlang(host);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitNode(host);
    }

    /// The beginning of a command line that runs the rest of it on a host.
    public List<String> prefix(int host) {
        return List.of("ip", "netns", "exec", namespace(host));
    }

    private @Nullable String names(int host) {
        try {
            return in(host, ErlangInstallation.find().epmd(), "-names");
        } catch (AssertionError notYet) {
            return null;
        }
    }

    private Process start(int host, List<String> command) throws IOException {
        List<String> inside = new ArrayList<>(prefix(host));
        inside.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(inside)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("host" + host + ".log").toFile()));
        Map<String, String> variables = builder.environment();
        variables.keySet().removeIf(variable -> variable.startsWith("ERL_") || variable.startsWith("XDG_"));
        variables.put("HOME", folder.resolve("home").toString());
        variables.put("ERL_CRASH_DUMP_SECONDS", "0");
        Process process = ProcessGuard.start(builder);
        processes.add(process);
        return process;
    }

    public String cookie() {
        return cookie;
    }

    /// The address of this JVM.
    public String ownAddress() {
        return network + "254";
    }

    /// @param host 1 and on
    public String address(int host) {
        return network + host;
    }

    public String nodeName(int host) {
        return ALIVE + "@" + address(host);
    }

    /// Cuts a host off.
    public void cut(int host) {
        ip("link", "set", cable(host), "nomaster");
    }

    /// Connects a host again.
    public void heal(int host) {
        ip("link", "set", cable(host), "master", bridge);
    }

    private String namespace(int host) {
        return id + "h" + host;
    }

    private String cable(int host) {
        return id + "v" + host;
    }

    private static void ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        String _ = run(command);
    }

    private String in(int host, String... command) {
        List<String> inside = new ArrayList<>(prefix(host));
        inside.addAll(List.of(command));
        return run(inside);
    }

    /// @throws AssertionError if the command fails, with its output
    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = process.waitFor();
            if (status != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new AssertionError(String.join(" ", command) + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> Await.until("the end of a process", () -> !process.isAlive()));
        for (int host = 1; host <= hosts; host++) {
            quietly("netns", "del", namespace(host));
            quietly("link", "del", cable(host));
        }
        quietly("link", "del", bridge);
    }

    private static void quietly(String... arguments) {
        try {
            ip(arguments);
        } catch (AssertionError gone) {
            // It was not made, or has gone with its namespace.
        }
    }
}
