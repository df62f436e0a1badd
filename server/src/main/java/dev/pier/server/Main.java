package dev.pier.server;

import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.Outline;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.config.Setting;
import dev.pier.server.plugin.OperationException;
import dev.pier.server.project.ProjectException;
import dev.pier.server.project.ProjectTemplates;
import dev.pier.server.systemd.ServiceNotifier;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command line.
///
/// Exit codes: 0 for success, and for a stop at the end of the standard input (`--stop-at-eof`); 1 if the server cannot
/// start, a project cannot be written, a server that is asked does not answer, or an operation fails; 2 for an invalid
/// command line; 78
/// (`EX_CONFIG` of `sysexits.h`) for an invalid configuration; from the JVM, 143 after SIGTERM, 130 after SIGINT, and 3
/// without memory (`-XX:+ExitOnOutOfMemoryError`, which `bin/pier` sets).
@Command(
        name = "pier",
        description = "A Java application server with plugins.",
        synopsisSubcommandLabel = "COMMAND",
        footer = "%nbin/pier aot creates the cache that cuts the start-up time by about half, at once.")
public final class Main {
    static final int FAILED = 1;
    static final int INVALID_COMMAND_LINE = 2;
    private static final int INVALID_CONFIGURATION = 78;

    /// The commands by their names, in the order of the help.
    private static final Map<String, Class<? extends Callable<Integer>>> COMMANDS = commands();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show this help")
    @SuppressWarnings("UnusedVariable") // picocli reads it
    private boolean help;

    private Main() {}

    public static void main(String[] arguments) {
        keepLogConfigurationFromApplications();
        System.exit(commandLine(arguments).execute(arguments));
    }

    /// The property that `bin/pier` sets is for the server's own Logback, which reads it now. An application
    /// with a Logback of its own would take the server's file for its configuration.
    private static void keepLogConfigurationFromApplications() {
        ILoggerFactory _ = LoggerFactory.getILoggerFactory();
        System.clearProperty("logback.configurationFile");
    }

    private static Map<String, Class<? extends Callable<Integer>>> commands() {
        Map<String, Class<? extends Callable<Integer>>> commands = new LinkedHashMap<>();
        commands.put("run", Run.class);
        commands.put("check", Check.class);
        commands.put("status", OperatorCommands.Status.class);
        commands.put("apps", OperatorCommands.Applications.class);
        commands.put("health", OperatorCommands.Health.class);
        commands.put("top", TopCommand.class);
        commands.put("logs", DiagnosticCommands.Logs.class);
        commands.put("failures", DiagnosticCommands.Failures.class);
        commands.put("deploy", OperatorCommands.Deploy.class);
        commands.put("undeploy", OperatorCommands.Undeploy.class);
        commands.put("redeploy", OperatorCommands.Redeploy.class);
        commands.put("reload", OperatorCommands.Reload.class);
        commands.put("log-level", OperatorCommands.LogLevel.class);
        commands.put("password", PasswordCommand.class);
        commands.put("new", New.class);
        commands.put("version", ShowVersion.class);
        return Collections.unmodifiableMap(commands);
    }

    /// The command line with the command that the arguments begin with. If they begin with none of the server's, it has
    /// all commands, also those of the plugins: picocli takes about 10 ms to inspect one.
    static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        Class<?> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (asked != null) {
            line.addSubcommand(arguments[0], asked);
        } else {
            COMMANDS.forEach((name, its) -> line.addSubcommand(name, its));
            PluginCommands.addTo(line, ApplicationServer.installedPlugins());
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return line.setExecutionExceptionHandler((e, command, _) -> {
            PrintWriter err = command.getErr();
            String name = command.getCommandSpec().qualifiedName();
            switch (e) {
                case ConfigurationException invalid -> {
                    err.println("Invalid configuration:");
                    invalid.problems().forEach(problem -> err.println("  " + problem));
                    return INVALID_CONFIGURATION;
                }
                case AdminException failed -> err.println(name + ": " + failed.getMessage());
                case OperationException failed ->
                    err.println(name + ": " + Outline.printable(String.valueOf(failed.getMessage())));
                case ProjectException invalid -> {
                    err.println(name + ": " + invalid.getMessage());
                    return INVALID_COMMAND_LINE;
                }
                case StartException failed -> err.println("Pier cannot start: " + failed.getMessage());
                default ->
                    err.println(
                            command.getCommand() instanceof Run ? "Pier cannot start: " + e : name + " failed: " + e);
            }
            return FAILED;
        });
    }

    /// The options that name the configuration file and override its values.
    static final class ConfigurationOptions {
        @Option(
                names = "--conf",
                paramLabel = "FILE",
                defaultValue = "${env:PIER_CONF:-conf/server.conf}",
                description = "the configuration file; default: $PIER_CONF, otherwise conf/server.conf")
        private Path file = Path.of("conf/server.conf");

        @Option(names = "--port", paramLabel = "PORT", description = "the HTTP port; 0 for a free one")
        private @Nullable String port;

        @Option(names = "--admin-port", paramLabel = "PORT", description = "the admin port; 0 for a free one")
        private @Nullable String adminPort;

        @Option(names = "--webapps", paramLabel = "FOLDER", description = "the folder of the web applications")
        private @Nullable String webapps;

        @Option(
                names = "--set",
                paramLabel = "KEY=VALUE",
                description = "a setting that replaces that of the file and of $PIER_SET_…; may be repeated")
        private Map<String, String> settings = new LinkedHashMap<>();

        Configuration load() throws ConfigurationException {
            Map<String, String> overrides = new LinkedHashMap<>(settings);
            put(overrides, "http.port", port);
            put(overrides, "admin.port", adminPort);
            put(overrides, "webapps.folder", webapps);
            return Configuration.load(file, System.getenv(), overrides);
        }

        private static void put(Map<String, String> overrides, String key, @Nullable String value) {
            if (value != null) {
                overrides.put(key, value);
            }
        }
    }

    @Command(description = "Runs the server until SIGTERM or Ctrl-C.")
    static final class Run implements Callable<Integer> {
        @Mixin
        private ConfigurationOptions options = new ConfigurationOptions();

        @Option(
                names = "--ready-file",
                paramLabel = "FILE",
                description = "written when the server is ready, deleted when it stops;"
                        + " lines: url=, secure-url= (with HTTPS), admin=, pid=")
        private @Nullable Path readyFile;

        @Option(
                names = "--stop-at-eof",
                description = "stops when the standard input ends, as it does with the program that has started Pier")
        private boolean stopAtEof;

        @Override
        public Integer call() throws Exception {
            takeJavaLogging();
            ApplicationServer server = new ApplicationServer(options.load(), ApplicationServer.installedPlugins());
            server.reloadable(options::load, ApplicationServer::installedPlugins);
            Hangup.handle(server::reload);
            ServiceNotifier systemd = ServiceNotifier.of(System.getenv(), server::notLive, server::notReady);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, systemd), "pier-stop"));
            if (stopAtEof) {
                Thread.ofPlatform().daemon().name("pier-stdin").start(Run::exitAtEof);
            }
            server.start();
            if (readyFile != null) {
                writeReadyFile(server, readyFile);
            }
            systemd.ready("Serving on "
                    + Stream.concat(Stream.of(server.url()), server.secureUrl().stream())
                            .map(URI::toString)
                            .collect(Collectors.joining(" and ")));
            // The shutdown hook stops the server.
            new CountDownLatch(1).await();
            return 0;
        }

        /// Sends the messages of `java.util.logging` to SLF4J, and with them those of `System.Logger`.
        private static void takeJavaLogging() {
            SLF4JBridgeHandler.removeHandlersForRootLogger();
            SLF4JBridgeHandler.install();
        }

        /// Reads the standard input to its end, then ends the JVM, with the shutdown hook that stops the server.
        private static void exitAtEof() {
            try {
                System.in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException _) {
                // An input that fails has ended, too.
            }
            System.exit(0);
        }

        private void stop(ApplicationServer server, ServiceNotifier systemd) {
            systemd.stopping(server.longestStop());
            try {
                if (readyFile != null) {
                    Files.deleteIfExists(readyFile);
                }
            } catch (IOException _) {
                // A reader of the stale file finds closed ports.
            }
            server.stop();
        }

        /// Writes the file in one step, so that a waiting process never reads half of it.
        private static void writeReadyFile(ApplicationServer server, Path file) throws IOException {
            List<String> lines = new ArrayList<>();
            lines.add("url=" + server.url());
            server.secureUrl().ifPresent(url -> lines.add("secure-url=" + url));
            lines.add("admin=" + server.adminUrl());
            lines.add("pid=" + ProcessHandle.current().pid());
            Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
            Files.write(temporary, lines);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Command(description = "Checks the configuration and prints every effective setting.")
    static final class Check implements Callable<Integer> {
        @Mixin
        private ConfigurationOptions options = new ConfigurationOptions();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws ConfigurationException, StartException {
            Configuration configuration = options.load();
            // The constructor reads and checks every section; nothing is started.
            try (ApplicationServer server =
                    new ApplicationServer(configuration, ApplicationServer.installedPlugins())) {
                server.check();
            }
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            for (Setting setting : configuration.settings()) {
                out.printf("%s = %s    # %s%n", setting.key(), setting.shownValue(), setting.shownOrigin());
            }
            out.flush();
            return 0;
        }
    }

    @Command(description = "Makes a project: an application with a test, ready to build with Maven.")
    static final class New implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "its folder, which is new or empty; gives the project its name")
        private Path folder = Path.of("");

        @Option(
                names = "--package",
                paramLabel = "PACKAGE",
                description = "the Java package of its classes; default: org.acme")
        private String packageName = "org.acme";

        @Option(names = "--kind", paramLabel = "KIND", description = "jar, war, spring or elixir; default: jar")
        private String kind = "jar";

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws ProjectException {
            CommandLine command = Objects.requireNonNull(spec).commandLine();
            try {
                String title = ProjectTemplates.installed().write(folder, packageName, kind);
                PrintWriter out = command.getOut();
                out.println(folder + ": " + title + ". README.md has the next steps; the first is 'mvn package'.");
                out.flush();
                return 0;
            } catch (IOException e) {
                command.getErr().println("pier new: the project cannot be written: " + e);
                return FAILED;
            }
        }
    }

    @Command(description = "Prints the version.")
    static final class ShowVersion implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            out.println("Pier " + Version.current() + " (Java " + Runtime.version() + ")");
            out.flush();
            return 0;
        }
    }
}
