package dev.pier.bench.sides;

import dev.pier.bench.load.Wrk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The processes of a run, each started on first use and then shared, with their folder, their cookie and their
/// own EPMD. All listen on the loopback interface only. For one thread at a time.
public final class Scene implements AutoCloseable {
    static final String HOST = "localhost";

    private final Path root;
    private final Path folder;
    private final String cookie = UUID.randomUUID().toString();
    private final int epmdPort;
    private final Deque<Program> started = new ArrayDeque<>();
    private @Nullable BeamNode backend;
    private @Nullable BeamNode caller;
    private @Nullable BeamNode yaws;
    private int yawsPort;
    private @Nullable Server pier;
    private @Nullable Server pierWithoutBatcher;
    private @Nullable Server pierWithMounts;
    private int inetsPort;
    private @Nullable Server jinterface;
    private @Nullable Certificates certificates;
    private @Nullable BeamNode backendWithinTls;
    private @Nullable BeamNode callerWithinTls;
    private @Nullable Server pierWithinTls;

    /// @param root the source tree, built
    public Scene(Path root) throws IOException, InterruptedException {
        this.root = root;
        folder = Files.createTempDirectory(
                "pier-bench", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = Files.writeString(folder.resolve(".erlang.cookie"), cookie);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
        epmdPort = freePort();
        startEpmd();
        compile();
    }

    private void startEpmd() throws IOException, InterruptedException {
        String epmd = System.getenv().getOrDefault("EPMD", "epmd");
        Program program = Program.start(
                this, "epmd", new ProcessBuilder(epmd, "-port", Integer.toString(epmdPort), "-address", "127.0.0.1"));
        program.await(() -> accepts(epmdPort));
    }

    private void compile() throws IOException, InterruptedException {
        Files.createDirectories(ebin());
        List<String> command = new ArrayList<>(List.of("erlc", "-Werror", "-o", ebin().toString()));
        try (Stream<Path> sources = Files.list(root.resolve("bench/erlang"))) {
            sources.map(Path::toString).filter(name -> name.endsWith(".erl")).forEach(command::add);
        }
        // As in an Erlang release that includes Pier's call batcher.
        command.add(root.resolve("plugin-erlang/erlang/src/pier_calls.erl").toString());
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("the Erlang modules of the bench do not compile");
        }
    }

    public Path folder() {
        return folder;
    }

    Path ebin() {
        return folder.resolve("ebin");
    }

    /// The distribution that the source tree has built.
    public Path distribution() {
        return root.resolve("assembly/target/pier");
    }

    Path classes() {
        return root.resolve("bench/target/classes");
    }

    /// A jar of the bench's class path, by the name of its artifact.
    public Path jar(String artifact) throws IOException {
        try (Stream<Path> jars = Files.list(root.resolve("bench/target/lib"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(artifact + "-"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("bench/target/lib has no " + artifact));
        }
    }

    String cookie() {
        return cookie;
    }

    String backendName() {
        return "backend@" + HOST;
    }

    /// Prepares the environment of an Erlang node or a Pier. Removes the user's settings for Erlang, which
    /// could affect the results.
    void erlangEnvironment(Map<String, String> variables) {
        variables.keySet().removeIf(variable -> variable.startsWith("ERL_"));
        variables.put("HOME", folder.toString());
        variables.put("ERL_EPMD_PORT", Integer.toString(epmdPort));
        variables.put("ERL_CRASH_DUMP_SECONDS", "0");
    }

    /// The Erlang node that all sides call.
    public BeamNode backend() throws IOException {
        if (backend == null) {
            backend = BeamNode.start(this, "backend", List.of());
        }
        return backend;
    }

    /// Kills the Erlang node that all sides call, and starts it again.
    public BeamNode restartBackend() throws IOException {
        if (backend != null) {
            backend.kill();
            backend = null;
            inetsPort = 0;
        }
        return backend();
    }

    /// The Erlang node that calls like Pier.
    public BeamNode caller() throws IOException {
        backend();
        if (caller == null) {
            caller = BeamNode.start(this, "caller", List.of());
        }
        return caller;
    }

    private Certificates certificates() throws IOException, InterruptedException {
        if (certificates == null) {
            certificates = Certificates.make(folder.resolve("tls"), HOST);
        }
        return certificates;
    }

    /// An Erlang node within TLS that all sides call.
    public BeamNode backendWithinTls() throws IOException, InterruptedException {
        if (backendWithinTls == null) {
            backendWithinTls = BeamNode.start(this, "tlsbackend", certificates().erlangFlags());
        }
        return backendWithinTls;
    }

    /// The Erlang node that calls it like Pier.
    public BeamNode callerWithinTls() throws IOException, InterruptedException {
        backendWithinTls();
        if (callerWithinTls == null) {
            callerWithinTls = BeamNode.start(this, "tlscaller", certificates().erlangFlags());
        }
        return callerWithinTls;
    }

    /// A Pier with [#backendWithinTls] as its peer.
    public Server pierWithinTls() throws IOException, InterruptedException {
        backendWithinTls();
        if (pierWithinTls == null) {
            pierWithinTls = startPierWithinTls("tlspier", "");
        }
        return pierWithinTls;
    }

    /// Starts a further such Pier with a limited heap, which the caller closes.
    public Server startPierWithHeapWithinTls(String name, String maxHeap) throws IOException, InterruptedException {
        return startPierWithinTls(name, "-Xmx" + maxHeap);
    }

    private Server startPierWithinTls(String name, String javaOptions) throws IOException, InterruptedException {
        String peer = backendWithinTls().name();
        String settings = certificates().pierSettings() + "\npeers.backend.node = \"" + peer + "\"";
        return startPier(name, distribution(), settings, javaOptions);
    }

    /// A node with Yaws.
    BeamNode yaws() throws IOException {
        backend();
        if (yaws == null) {
            yaws = BeamNode.start(this, "yaws", List.of("-pa", yawsFolder().toString()));
            yawsPort = freePort();
            yaws.command("web " + yawsPort + " " + backendName());
        }
        return yaws;
    }

    URI yawsUrl() {
        return URI.create("http://127.0.0.1:" + yawsPort);
    }

    private static Path yawsFolder() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("yaws-"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no Yaws in /usr/lib; install Debian's package erlang-yaws"))
                    .resolve("ebin");
        }
    }

    /// A Pier with [#backend] as its peer.
    public Server pier() throws IOException, InterruptedException {
        backend();
        if (pier == null) {
            pier = startPier("pier", distribution());
        }
        return pier;
    }

    /// The same without the call batcher, the module `pier_calls` on the peer.
    public Server pierWithoutBatcher() throws IOException, InterruptedException {
        backend();
        if (pierWithoutBatcher == null) {
            pierWithoutBatcher = startPier("unbatched", distribution(), "calls.helper = never", "");
        }
        return pierWithoutBatcher;
    }

    /// A Pier that serves pages of [#backend] at mounts, and loads its modules for that into it.
    Server pierWithMounts() throws IOException, InterruptedException {
        backend();
        if (pierWithMounts == null) {
            pierWithMounts = startPier("mounts", distribution(), """
                    bulk.load-helper = true
                    mounts {
                      "/ewgi" { peer = backend, ewgi = "bench_mounted:ewgi" }
                      "/esi" { peer = backend, esi = "bench_mounted" }
                      "/called" { peer = backend, call = "bench_mounted:call" }
                    }""", "");
        }
        return pierWithMounts;
    }

    /// The address of inets' HTTP server on [#backend], which serves the same page.
    URI inetsUrl() throws IOException {
        BeamNode node = backend();
        if (inetsPort == 0) {
            inetsPort = freePort();
            node.command("inets " + inetsPort);
        }
        return URI.create("http://127.0.0.1:" + inetsPort);
    }

    /// Starts a further Pier, which the caller closes.
    ///
    /// @param home its distribution
    public Server startPier(String name, Path home) throws IOException, InterruptedException {
        return startPier(name, home, "", "");
    }

    /// Starts a further Pier that permits all nodes of [#startPierWithPeers] to connect to it, which the caller closes.
    public Server startFarm(String name) throws IOException, InterruptedException {
        return startPier(name, distribution(), "limits.connected-nodes = 10000", "");
    }

    /// Starts a further Pier whose peers `peer1`, `peer2` and so on are the further nodes of another Pier, which the
    /// caller closes.
    ///
    /// @param count the number of those peers
    public Server startPierWithPeers(String name, int count) throws IOException, InterruptedException {
        String peers = IntStream.rangeClosed(1, count)
                .mapToObj(number -> "peers.peer%d.node = \"further%<d@%s\"".formatted(number, HOST))
                .collect(Collectors.joining("\n"));
        return startPier(name, distribution(), peers, "");
    }

    /// Starts a further Pier with the applications `app-1`, `app-2` and so on, which the caller closes. Each has the
    /// page `/call`.
    ///
    /// @param count the number of those applications
    public Server startPierWithApplications(String name, int count) throws IOException, InterruptedException {
        Server.deployPages(this, name, count);
        return startPier(name, distribution());
    }

    /// Requests to the pages of such a Pier, one application after the other.
    public Wrk.Script applicationsInTurn(int count) {
        return new Wrk.Script(root.resolve("bench/wrk/applications.lua"), count);
    }

    /// Starts a further Pier of this source tree with a limited heap, which the caller closes.
    public Server startPierWithHeap(String name, String maxHeap) throws IOException, InterruptedException {
        return startPier(name, distribution(), "", "-Xmx" + maxHeap);
    }

    /// Starts a further Pier that notices new versions of its applications, which the caller closes.
    ///
    /// @param nodePort the port at which its node listens
    public Server startRedeploying(String name, int nodePort, String maxHeap) throws IOException, InterruptedException {
        return Server.start(
                this,
                distribution(),
                name,
                "pierapp",
                "-Xmx" + maxHeap,
                erlang(name, "listen.port = " + nodePort) + "webapps.scan-interval = 200 ms\n");
    }

    private Server startPier(String name, Path home, String settings, String javaOptions)
            throws IOException, InterruptedException {
        return Server.start(this, home, name, "pierapp", javaOptions, erlang(name, settings));
    }

    private String erlang(String name, String settings) {
        return """
                erlang {
                  node = "%s@%s"
                  cookie-file = "%s"
                  epmd.port = %d
                  peers.backend { node = "%s" }
                  %s
                }
                """.formatted(name, HOST, folder.resolve(".erlang.cookie"), epmdPort, backendName(), settings);
    }

    /// Starts a program with the same Jetty and one servlet at `/hello`, which the caller closes.
    public Server startEmbeddedJetty(String name) throws IOException, InterruptedException {
        return Server.startEmbeddedJetty(this, distribution(), name);
    }

    /// The same server without Pier's node, with a web application that uses JInterface.
    public Server jinterface() throws IOException, InterruptedException {
        backend();
        if (jinterface == null) {
            jinterface = Server.start(this, distribution(), "jinterface", "jinterfaceapp", "", "");
        }
        return jinterface;
    }

    void closeWithRun(Program program) {
        started.push(program);
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean accepts(int port) {
        try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        while (!started.isEmpty()) {
            started.pop().close();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(Scene::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
