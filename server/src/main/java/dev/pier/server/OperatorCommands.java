package dev.pier.server;

import dev.pier.pem.KeyFileException;
import dev.pier.server.admin.AdminSettings;
import dev.pier.server.admin.AdminToken;
import dev.pier.server.cli.AdminClient;
import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.Outline;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// The commands that ask a running server over its admin port.
///
/// Exit codes: 0 for an answer; 1 if no server answers, an operation is refused or fails, or a health check fails; 2
/// for an invalid command line; 78 for
/// an invalid configuration.
final class OperatorCommands {
    private OperatorCommands() {}

    /// Which server is asked, and the form of the answer.
    static final class Options {
        @Mixin
        private Main.ConfigurationOptions configuration = new Main.ConfigurationOptions();

        @Option(
                names = "--admin",
                paramLabel = "URL",
                description = "the admin port of the server; default: that of the configuration")
        private @Nullable URI admin;

        @Option(
                names = "--token-file",
                paramLabel = "FILE",
                description = "the token of the admin port; default: admin.token-file of the configuration")
        private @Nullable Path tokenFile;

        @Option(names = "--json", description = "print the server's JSON")
        private boolean json;

        @Spec(Spec.Target.MIXEE)
        private @Nullable CommandSpec spec;

        /// Tells which command has these options, if no annotation does.
        void belongsTo(CommandSpec command) {
            spec = command;
        }

        boolean json() {
            return json;
        }

        AdminClient client() throws ConfigurationException, AdminException {
            if (admin != null) {
                return new AdminClient(admin);
            }
            Configuration loaded = configuration.load();
            AdminSettings settings = AdminSettings.read(loaded.section("admin"));
            return AdminClient.of(settings.host(), settings.port());
        }

        /// Changes an application, and prints the outcome.
        ///
        /// @return the exit code
        private int change(String method, String application) throws ConfigurationException, AdminException {
            print(operate(method, applications(application), BodyPublishers.noBody())
                    .body());
            return 0;
        }

        /// Runs an operation of the server.
        ///
        /// @return the answer, with a status of success
        /// @throws AdminException with the reason that the server gives
        AdminClient.Answer operate(String method, String path, BodyPublisher body)
                throws ConfigurationException, AdminException {
            AdminClient.Answer answer = client().operate(method, path, token(), body);
            if (answer.status() >= 300) {
                if (json) {
                    print(answer.body());
                }
                throw new AdminException(Outline.printable(
                        answer.body().path("message").asString("the server answers with status " + answer.status())));
            }
            return answer;
        }

        private String token() throws ConfigurationException, AdminException {
            @Nullable Path file = tokenFile;
            if (file == null) {
                file = AdminSettings.read(configuration.load().section("admin")).tokenFile();
            }
            if (file == null) {
                throw new AdminException("operations need the token of the admin port: set admin.token-file in"
                        + " server.conf, or name the file with --token-file");
            }
            try {
                return AdminToken.read(file);
            } catch (KeyFileException e) {
                throw new AdminException("the token of the admin port: " + e.getMessage());
            }
        }

        void print(JsonNode answer) {
            PrintWriter out = command().getOut();
            out.print(json ? answer.toPrettyString() + System.lineSeparator() : Outline.of(answer));
            out.flush();
        }

        /// Prints a part of the status.
        ///
        /// @return the exit code
        private int printPart(String section) throws ConfigurationException, AdminException {
            Optional<JsonNode> part = Outline.part(client().get("/status").body(), section);
            if (part.isEmpty()) {
                command()
                        .getErr()
                        .println(command().getCommandSpec().qualifiedName() + ": the status has no section '" + section
                                + "'");
                return Main.INVALID_COMMAND_LINE;
            }
            print(part.get());
            return 0;
        }

        PrintWriter out() {
            return command().getOut();
        }

        CommandLine command() {
            return Objects.requireNonNull(spec).commandLine();
        }
    }

    @Command(description = "Shows a running server: addresses, applications, plugins.")
    static final class Status implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Parameters(
                paramLabel = "SECTION",
                arity = "0..1",
                description = "one part only, such as applications or plugins")
        private @Nullable String section;

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            if (section != null) {
                return options.printPart(section);
            }
            options.print(options.client().get("/status").body());
            return 0;
        }
    }

    @Command(description = "Lists the applications of a running server.")
    static final class Applications implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            return options.printPart("applications");
        }
    }

    @Command(description = "Asks the health checks of a running server; exits with 1 if one fails.")
    static final class Health implements Callable<Integer> {
        private enum Checks {
            ALL,
            LIVE,
            READY,
            STARTED
        }

        @Mixin
        private Options options = new Options();

        @Parameters(paramLabel = "CHECKS", arity = "0..1", description = "all, live, ready or started; default: all")
        private Checks checks = Checks.ALL;

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            String path = checks == Checks.ALL ? "" : "/" + checks.name().toLowerCase(Locale.ROOT);
            AdminClient.Answer answer = options.client().get("/health" + path);
            options.print(answer.body());
            return answer.status() == 200 ? 0 : Main.FAILED;
        }
    }

    @Command(description = "Deploys a war or jar on a running server, and waits until it serves.")
    static final class Deploy implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Parameters(paramLabel = "FILE", description = "the war or jar")
        private Path file = Path.of("");

        @Option(
                names = "--as",
                paramLabel = "NAME",
                description = "its name in the webapps folder, which gives the path; default: that of the file")
        private @Nullable String name;

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            @Nullable Path last = file.getFileName();
            try {
                BodyPublisher archive = BodyPublishers.ofFile(file);
                options.print(options.operate("PUT", applications(name == null ? String.valueOf(last) : name), archive)
                        .body());
                return 0;
            } catch (FileNotFoundException _) {
                throw new AdminException(file + " is not a file that can be read");
            }
        }
    }

    @Command(description = "Removes an application from a running server, with its file.")
    static final class Undeploy implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Parameters(paramLabel = "NAME", description = "its file, as 'pier apps' shows it; the suffix may be left out")
        private String name = "";

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            return options.change("DELETE", name);
        }
    }

    @Command(description = "Starts an application anew on a running server, without a gap.")
    static final class Redeploy implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Parameters(paramLabel = "NAME", description = "its file, as 'pier apps' shows it; the suffix may be left out")
        private String name = "";

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            return options.change("POST", name);
        }
    }

    @Command(
            description = "Lets a running server take up changed settings of applications, realms and log levels; names"
                    + " the others.")
    static final class Reload implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            options.print(
                    options.operate("POST", "/reload", BodyPublishers.noBody()).body());
            return 0;
        }
    }

    @Command(description = "Shows or sets the level of a logger of a running server.")
    static final class LogLevel implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Parameters(paramLabel = "LOGGER", index = "0", description = "such as dev.pier, or root")
        private String logger = "";

        @Parameters(
                paramLabel = "LEVEL",
                index = "1",
                arity = "0..1",
                description =
                        "off, error, warn, info, debug or trace, until a reload or restart; default: as configured")
        private @Nullable String level;

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            Map<String, String> arguments =
                    level == null ? Map.of("logger", logger) : Map.of("logger", logger, "level", level);
            options.print(options.operate("POST", "/log-level", AdminClient.json(arguments))
                    .body());
            return 0;
        }
    }

    /// The path of an application. A name that no application can have is sent with its characters escaped, and
    /// refused by the server.
    private static String applications(String name) {
        return "/applications/"
                + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%7E", "~")
                        .replace("%40", "@")
                        .replace("%2B", "+");
    }
}
