package dev.pier.server;

import dev.pier.server.cli.AdminException;
import dev.pier.server.cli.Outline;
import dev.pier.server.config.ConfigurationException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// The commands that show what a running server has logged. They need the token.
final class DiagnosticCommands {
    private DiagnosticCommands() {}

    private static JsonNode read(OperatorCommands.Options options, String path)
            throws ConfigurationException, AdminException {
        return options.operate("GET", path, BodyPublishers.noBody()).body();
    }

    /// The lines of a text, with control characters escaped.
    private static String printable(String text) {
        return text.lines()
                .map(line -> Outline.printable(line.replace("\t", "    ")))
                .collect(Collectors.joining("\n"));
    }

    @Command(
            description = "Lists the latest failures of a running server, or shows the stack trace behind a reference.")
    static final class Failures implements Callable<Integer> {
        @Mixin
        private OperatorCommands.Options options = new OperatorCommands.Options();

        @Parameters(
                paramLabel = "REFERENCE",
                arity = "0..1",
                description = "the reference that a client was given in an error")
        private @Nullable String reference;

        @Override
        public Integer call() throws ConfigurationException, AdminException {
            if (reference == null) {
                options.print(read(options, "/failures").path("failures"));
                return 0;
            }
            JsonNode failure = read(options, "/failures/" + URLEncoder.encode(reference, StandardCharsets.UTF_8));
            if (options.json()) {
                options.print(failure);
                return 0;
            }
            PrintWriter out = options.out();
            for (String part : List.of("reference", "at", "request", "message", "stackTrace")) {
                if (failure.has(part)) {
                    out.println(printable(failure.path(part).asString()));
                }
            }
            out.flush();
            return 0;
        }
    }

    @Command(description = "Prints the latest lines of a running server's log.")
    static final class Logs implements Callable<Integer> {
        private static final int MAX_LINES = 500;
        private static final long PAUSE_MILLIS = 1000;

        @Mixin
        private OperatorCommands.Options options = new OperatorCommands.Options();

        @Option(names = "--lines", paramLabel = "N", description = "at most so many lines, up to 500; default: 50")
        private int lines = 50;

        @Option(names = "--follow", description = "goes on with new lines, until Ctrl-C")
        private boolean follow;

        @Override
        public Integer call() throws ConfigurationException, AdminException, InterruptedException {
            if (lines < 1 || lines > MAX_LINES) {
                throw new ParameterException(options.command(), "--lines is 1 to " + MAX_LINES);
            }
            JsonNode answer = read(options, "/logs");
            List<JsonNode> all = List.copyOf(answer.path("lines").values());
            boolean isRead = print(all.subList(Math.max(0, all.size() - lines), all.size()));
            while (follow && isRead) {
                Thread.sleep(PAUSE_MILLIS);
                answer = read(options, "/logs/" + answer.path("last").asLong());
                isRead = print(List.copyOf(answer.path("lines").values()));
            }
            return 0;
        }

        /// @return whether the reader of the output is still there
        private boolean print(List<JsonNode> added) {
            PrintWriter out = options.out();
            for (JsonNode line : added) {
                out.println(
                        options.json()
                                ? line.toString()
                                : printable(line.path("text").asString()));
            }
            return !out.checkError();
        }
    }
}
