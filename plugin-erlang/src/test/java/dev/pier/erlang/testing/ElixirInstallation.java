package dev.pier.erlang.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/// The Elixir that belongs to the tests' Erlang: the one on the PATH. A plain Erlang node can load its modules.
public final class ElixirInstallation {
    private ElixirInstallation() {}

    /// The folder of Elixir's own modules, for [PeerSetup#codePath].
    ///
    /// @throws IllegalStateException if there is none
    public static Path modules() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        Path program = Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(path)
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "elixir"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException("These tests need Elixir: there is no program 'elixir' on the PATH."
                                + " On Debian and Ubuntu: apt install elixir"));
        try {
            // The program may be a link; the modules are beside what it leads to.
            return program.toRealPath()
                    .resolve("../../lib/elixir/ebin")
                    .normalize()
                    .toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("no modules beside " + program, e);
        }
    }
}
