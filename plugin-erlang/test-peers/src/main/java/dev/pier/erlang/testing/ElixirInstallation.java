package dev.pier.erlang.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The Elixir that belongs to the tests' Erlang: the one beside it, or else on the PATH. A plain Erlang node can
/// load its modules, if it is of a release that they were compiled for.
public final class ElixirInstallation {
    private ElixirInstallation() {}

    /// The folder of Elixir's own modules, for [PeerSetup#codePath].
    ///
    /// @throws IllegalStateException if there is none
    public static Path modules() {
        try {
            // The program may be a link; the modules are beside what it leads to.
            return program("elixir")
                    .toRealPath()
                    .resolve("../../lib/elixir/ebin")
                    .normalize()
                    .toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("no modules beside the program 'elixir'", e);
        }
    }

    /// Compiles a Mix project that depends on nothing, without a trace in its own folder.
    ///
    /// @param application the project's name
    /// @return the folder of its modules, for [PeerSetup#codePath]
    public static Path compile(Path project, String application) {
        try {
            Path folder = PeerFolder.temporary(application);
            ProcessBuilder mix = new ProcessBuilder(program("mix").toString(), "compile", "--warnings-as-errors")
                    .directory(project.toFile());
            mix.environment()
                    .putAll(Map.of(
                            "HOME",
                            folder.toString(),
                            "MIX_BUILD_PATH",
                            folder + "/build",
                            "PATH",
                            String.join(File.pathSeparator, programFolders())));
            ProcessGuard.run(mix, folder.resolve("mix.log"), Await.PATIENCE.multipliedBy(3));
            return folder.resolve("build/lib").resolve(application).resolve("ebin");
        } catch (IOException e) {
            throw new UncheckedIOException(project + " cannot be compiled", e);
        }
    }

    private static Path program(String name) {
        return programFolders().stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("These tests need Elixir: there is no program '" + name
                        + "' beside 'erl' or on the PATH. On Debian and Ubuntu: apt install elixir"));
    }

    /// The folder of the tests' Erlang, and then those of the PATH.
    private static List<String> programFolders() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        Stream<String> others =
                Pattern.compile(File.pathSeparator, Pattern.LITERAL).splitAsStream(path);
        return Stream.concat(Stream.of(ErlangInstallation.find().folder().toString()), others)
                .filter(folder -> !folder.isEmpty())
                .toList();
    }
}
