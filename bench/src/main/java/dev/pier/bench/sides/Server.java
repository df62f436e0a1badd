package dev.pier.bench.sides;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A process of `bin/pier run` with one web application, or of a program that embeds Jetty.
///
/// Without a node name, Pier is a plain application server that speaks to Erlang only through its application's
/// JInterface.
public final class Server implements Closeable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

    /// The columns of `jstat -gc`: both survivor spaces, Eden, the old generation.
    private static final Set<String> HEAP_IN_USE = Set.of("S0U", "S1U", "EU", "OU");

    private static final Pattern JETTY_AND_ITS_LIBRARIES = Pattern.compile(
            "(jetty-(ee11-servlet|ee|http|io|security|server|session|util)|jakarta\\.servlet-api|slf4j-api)-[0-9].*");

    private final String name;
    private final Program program;
    private final URI url;
    private final Path webapps;

    private Server(String name, Program program, URI url, Path webapps) {
        this.name = name;
        this.program = program;
        this.url = url;
        this.webapps = webapps;
    }

    /// Starts a server and waits until it is ready.
    ///
    /// @param distribution the folder whose `bin/pier` is run
    /// @param application the package below `dev.pier.bench` that is deployed
    /// @param javaOptions further options for its JVM
    /// @param erlang the section `erlang` of its `server.conf`, or empty
    static Server start(
            Scene scene, Path distribution, String name, String application, String javaOptions, String erlang)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(scene.folder().resolve(name));
        Path webInf = home.resolve("webapps/ROOT/WEB-INF");
        if (!Files.exists(webInf)) {
            deploy(scene, webInf, application);
        }
        Path conf = Files.writeString(home.resolve("server.conf"), """
                http { host = 127.0.0.1, port = 0, max-connections = 20000, idle-timeout = 10 minutes }
                admin.port = 0
                websocket { max-sessions = 20000, max-sessions-per-client = 20000 }
                access-log.enabled = false
                start.aot = off
                webapps { folder = webapps, work = work, scan-interval = 0 s }
                """ + erlang);
        Path ready = home.resolve("ready");
        ProcessBuilder builder = new ProcessBuilder(
                distribution.resolve("bin/pier").toString(),
                "run",
                "--conf",
                conf.toString(),
                "--ready-file",
                ready.toString());
        builder.directory(home.toFile());
        scene.erlangEnvironment(builder.environment());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("BENCH_PEER", scene.backendName());
        builder.environment().put("BENCH_COOKIE", scene.cookie());
        builder.environment()
                .merge(
                        "PIER_JAVA_OPTS",
                        ("-Djava.net.preferIPv4Stack=true " + javaOptions).strip(),
                        (user, bench) -> user + " " + bench);
        return start(scene, name, builder, home, ready);
    }

    /// Starts a program with a Jetty and one servlet at `/hello`, and waits until it is ready.
    ///
    /// @param distribution the folder with the jars of Jetty
    static Server startEmbeddedJetty(Scene scene, Path distribution, String name)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(scene.folder().resolve(name));
        Path ready = home.resolve("ready");
        List<String> classPath = new ArrayList<>(List.of(scene.classes().toString()));
        try (Stream<Path> jars = Files.list(distribution.resolve("lib"))) {
            jars.filter(jar -> JETTY_AND_ITS_LIBRARIES
                            .matcher(jar.getFileName().toString())
                            .matches())
                    .map(Path::toString)
                    .forEach(classPath::add);
        }
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Djava.net.preferIPv4Stack=true",
                "-cp",
                String.join(File.pathSeparator, classPath),
                "dev.pier.bench.embeddedjetty.Main",
                ready.toString());
        return start(scene, name, builder, home, ready);
    }

    private static Server start(Scene scene, String name, ProcessBuilder builder, Path home, Path ready)
            throws IOException, InterruptedException {
        Files.deleteIfExists(ready);
        Program program = Program.start(scene, name, builder);
        program.await(() -> Files.exists(ready));
        List<String> lines = Files.readAllLines(ready);
        return new Server(
                name, program, URI.create(lines.getFirst().substring("url=".length())), home.resolve("webapps"));
    }

    private static void deploy(Scene scene, Path webInf, String application) throws IOException {
        for (String part : List.of(application, "driven")) {
            copy(scene.classes().resolve("dev/pier/bench/" + part), webInf.resolve("classes/dev/pier/bench/" + part));
        }
        if (application.startsWith("jinterface")) {
            Files.createDirectories(webInf.resolve("lib"));
            Files.copy(scene.jar("jinterface"), webInf.resolve("lib/OtpErlang.jar"));
        }
    }

    /// Prepares applications with the page `/call` for a server that is not started yet.
    static void deployPages(Scene scene, String name, int count) throws IOException {
        String page = "dev/pier/bench/pierapp/Call.class";
        for (int number = 1; number <= count; number++) {
            Path copy = scene.folder().resolve(name + "/webapps/app-" + number + "/WEB-INF/classes/" + page);
            Files.createDirectories(copy.getParent());
            Files.copy(scene.classes().resolve(page), copy);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.newDirectoryStream(from, "*.class")) {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
    }

    /// The folder of its applications.
    public Path webapps() {
        return webapps;
    }

    /// The node name that a server with a section `erlang` has.
    public String node() {
        return name + "@" + Scene.HOST;
    }

    public long pid() {
        return program.process().pid();
    }

    public URI at(String path) {
        return url.resolve(path);
    }

    /// Sends a GET request and returns the body.
    ///
    /// @throws IOException also if the status is not 200
    public String get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(at(path)).timeout(Duration.ofMinutes(2)).build(), BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("unexpected status of " + name + " for " + path + ": " + response.statusCode() + ", "
                    + response.body());
        }
        return response.body();
    }

    /// Runs a full garbage collection.
    ///
    /// @return the used heap after it, in MiB
    public double heapAfterCollection() throws IOException, InterruptedException {
        run("jcmd", Long.toString(pid()), "GC.run");
        String[] lines = run("jstat", "-gc", Long.toString(pid())).strip().split("\n", -1);
        String[] names = lines[0].strip().split(" +", -1);
        String[] values = lines[1].strip().split(" +", -1);
        double kibibytes = 0;
        for (int i = 0; i < names.length; i++) {
            if (HEAP_IN_USE.contains(names[i])) {
                kibibytes += Double.parseDouble(values[i]);
            }
        }
        return kibibytes / 1024;
    }

    /// The number of loaded classes.
    public long classes() throws IOException, InterruptedException {
        String[] lines = run("jstat", "-class", Long.toString(pid())).strip().split("\n", -1);
        String[] values = lines[1].strip().split(" +", -1);
        // Loaded, Bytes, Unloaded, Bytes, Time
        return Long.parseLong(values[0]) - Long.parseLong(values[2]);
    }

    private static String run(String tool, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("command failed: " + String.join(" ", command));
        }
        return output;
    }

    @Override
    public void close() {
        program.close();
    }
}
