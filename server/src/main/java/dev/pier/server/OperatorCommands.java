package dev.pier.server;

import dev.pier.server.admin.AdminSettings;
import dev.pier.server.cli.AdminClient;
import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.Outline;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.Locale;
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
/// Exit codes: 0 for an answer; 1 if no server answers, or a health check fails; 2 for an invalid command line; 78 for
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

        @Option(names = "--json", description = "print the server's JSON")
        private boolean json;

        @Spec(Spec.Target.MIXEE)
        private @Nullable CommandSpec spec;

        private AdminClient client() throws ConfigurationException, AdminException {
            if (admin != null) {
                return new AdminClient(admin);
            }
            Configuration loaded = configuration.load();
            AdminSettings settings = AdminSettings.read(loaded.section("admin"));
            return AdminClient.of(settings.host(), settings.port());
        }

        private void print(JsonNode answer) {
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

        private CommandLine command() {
            return Objects.requireNonNull(spec).commandLine();
        }
    }

    @Command(name = "status", description = "Shows a running server: addresses, applications, plugins.")
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

    @Command(name = "apps", description = "Lists the applications of a running server.")
    static final class Applications implements Callable<Integer> {
        @Mixin
        private Options options = new Options();

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            return options.printPart("applications");
        }
    }

    @Command(name = "health", description = "Asks the health checks of a running server; exits with 1 if one fails.")
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
}
