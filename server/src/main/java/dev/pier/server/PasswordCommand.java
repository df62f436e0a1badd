package dev.pier.server;

import dev.pier.server.login.PasswordHash;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `pier password`: the line of a user for the file of a realm.
@Command(
        description = "Prints the line of a user for a users-file. Reads the password from the terminal, or the first"
                + " line of the standard input.")
final class PasswordCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", index = "0", description = "the name of the user")
    private String name = "";

    @Parameters(paramLabel = "ROLE", index = "1..*", description = "the roles of the user")
    private List<String> roles = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        String problem = problem();
        @Nullable String password = problem == null ? password() : null;
        if (password == null || password.isEmpty()) {
            command.getErr()
                    .println("pier password: " + (problem == null ? "no password, or two different ones" : problem));
            return Main.INVALID_COMMAND_LINE;
        }
        List<String> parts = new ArrayList<>(List.of(name + ": " + PasswordHash.of(password)));
        parts.addAll(roles);
        PrintWriter out = command.getOut();
        out.println(String.join(", ", parts));
        out.flush();
        return 0;
    }

    private @Nullable String problem() {
        if (name.isBlank() || !name.equals(name.strip()) || name.startsWith("#") || name.contains("\n")) {
            return "a name has no space at its ends, and does not begin with #";
        }
        return roles.stream().anyMatch(role -> role.isBlank() || role.contains(",") || role.contains("\n"))
                ? "a role has no comma"
                : null;
    }

    @SuppressWarnings("SystemConsoleNull") // Java 25 has none again without a terminal
    private static @Nullable String password() throws IOException {
        @Nullable Console console = System.console();
        if (console != null && console.isTerminal()) {
            char[] first = console.readPassword("Password: ");
            char[] second = console.readPassword("Again: ");
            return first != null && second != null && Arrays.equals(first, second) ? new String(first) : null;
        }
        return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
}
