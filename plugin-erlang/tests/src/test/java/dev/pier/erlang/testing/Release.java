package dev.pier.erlang.testing;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A release of an application and of the OTP application `pier`, as docs/clusters.md tells to make one: by
/// rebar3, which contains relx, or by mix.
///
/// *Threads.* For one thread.
///
/// *Lifecycle.* [#start] starts the node, which ends by a command of the release, at the latest by [#close].
public final class Release implements AutoCloseable {
    private static final Path APPLICATION = Path.of("../erlang");
    private static final String PAGE = "clusters.md";
    private static final Duration BUILD = Await.PATIENCE.multipliedBy(6);
    private static final Duration COMMAND = Await.PATIENCE.multipliedBy(3);

    private final Path folder;
    private final Path program;
    private final String name = TestHost.uniqueName("release");
    private final Map<String, String> environment = new HashMap<>();
    private int commands;
    private @Nullable Process process;

    private Release(Path folder, String program, String cookie) throws IOException {
        this.folder = folder;
        this.program = folder.resolve(program);
        environment.put("HOME", folder.toString());
        environment.put("PATH", ErlangInstallation.find().folder() + File.pathSeparator + System.getenv("PATH"));
        environment.put("ERL_EPMD_PORT", Integer.toString(TestEpmd.port()));
        environment.put("LANG", "C.UTF-8");
        environment.put("MIX_ENV", "prod");
        // By nodetool: erl_call needs a host whose own name resolves.
        environment.put("USE_NODETOOL", "1");
        environment.put("RELEASE_DISTRIBUTION", "sname");
        environment.put("RELEASE_NODE", nodeName());
        environment.put("RELEASE_COOKIE", cookie);
        copy(APPLICATION.resolve("src"), folder.resolve("_checkouts/pier/src"));
        copy(APPLICATION.resolve("rebar.config"), folder.resolve("_checkouts/pier/rebar.config"));
        copy(APPLICATION.resolve("mix.exs"), folder.resolve("_checkouts/pier/mix.exs"));
    }

    /// Makes a release by rebar3.
    ///
    /// @param source the only module of its application
    public static Release relx(Path folder, String source, String cookie) throws IOException {
        Release release = new Release(folder, "_build/default/rel/my_release/bin/my_release", cookie);
        release.write("rebar.config", block("erlang", "{relx,"));
        release.write("config/sys.config", "[].\n");
        release.write("config/vm.args", "-sname " + release.nodeName() + "\n-setcookie " + cookie + "\n");
        release.write("apps/my_app/src/" + module(source) + ".erl", source);
        release.write("apps/my_app/src/my_app.app.src", """
                {application, my_app, [{vsn, "1"}, {registered, []}, {applications, [kernel, stdlib]}]}.
                """);
        release.run(BUILD, "rebar3", "release");
        return release;
    }

    /// Makes a release by mix.
    ///
    /// @param source the only module of its application
    public static Release mix(Path folder, String source, String cookie) throws IOException {
        Release release = new Release(folder, "_build/prod/rel/my_release/bin/my_release", cookie);
        release.write("mix.exs", block("elixir", "releases:"));
        release.write("src/" + module(source) + ".erl", source);
        release.run(BUILD, "mix", "release");
        return release;
    }

    /// The block of the page in this language that contains a text.
    private static String block(String language, String text) throws IOException {
        return new Transcript(PAGE)
                .blocks(language).stream()
                        .filter(block -> block.contains(text))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(PAGE + " has no block of " + language + " with " + text));
    }

    private static String module(String source) {
        Matcher name = Pattern.compile("-module\\((\\w+)\\)").matcher(source);
        if (!name.find()) {
            throw new IllegalArgumentException("no module: " + source);
        }
        return name.group(1);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString()).normalize();
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private void write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    public String nodeName() {
        return TestHost.nodeName(name);
    }

    /// Starts the node in the foreground.
    ///
    /// @param flags for the emulator, as in `ERL_FLAGS`
    public void start(String command, String flags) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), command);
        builder.environment().putAll(environment);
        builder.environment().put("ERL_FLAGS", flags);
        process = ProcessGuard.start(builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(folder.resolve("node.log").toFile()));
    }

    /// Runs a command of the release, and returns what it prints.
    ///
    /// @throws IllegalStateException if it fails
    public String command(String... command) throws IOException {
        return run(
                COMMAND,
                Stream.concat(Stream.of(program.toString()), Stream.of(command)).toArray(String[]::new));
    }

    private String run(Duration timeout, String... command) throws IOException {
        Path output = folder.resolve("command" + commands++ + ".log");
        ProcessBuilder builder = new ProcessBuilder(List.of(command)).directory(folder.toFile());
        builder.environment().putAll(environment);
        ProcessGuard.run(builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))), output, timeout);
        return Files.readString(output).strip();
    }

    /// Waits for the end of the node.
    public void awaitEnd() {
        Process node = Objects.requireNonNull(process);
        Await.until("the end of " + nodeName(), COMMAND, () -> !node.isAlive());
    }

    @Override
    public void close() {
        Process node = process;
        if (node != null) {
            node.descendants().forEach(ProcessHandle::destroyForcibly);
            node.destroyForcibly();
        }
    }
}
