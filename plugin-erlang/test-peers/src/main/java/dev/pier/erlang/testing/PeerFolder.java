package dev.pier.erlang.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// The folder of one node: its home with its cookie, the modules compiled for it, and what it prints. It stays after
/// the test, below the build folder, as evidence.
///
/// @param root the folder
record PeerFolder(Path root) {
    private static final String CONTROL = "pier_test_control";
    private static final Map<ErlangInstallation, Path> CONTROL_CODE = new ConcurrentHashMap<>();

    static PeerFolder create(String name, String cookie) {
        try {
            PeerFolder folder = new PeerFolder(temporary(name + "_"));
            Files.createDirectory(folder.home());
            Files.createDirectory(folder.modules());
            Files.createFile(folder.output());
            Path file = folder.home().resolve(".erlang.cookie");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, cookie, ISO_8859_1);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("no folder for the node " + name, e);
        }
    }

    Path home() {
        return root.resolve("home");
    }

    Path modules() {
        return root.resolve("modules");
    }

    Path output() {
        return root.resolve("output.log");
    }

    /// What the node has printed from a place in its output on, its log included.
    String printedFrom(int place) {
        try {
            byte[] bytes = Files.readAllBytes(output());
            return new String(bytes, place, bytes.length - place, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The place that the output has reached.
    int printed() {
        try {
            return Math.toIntExact(Files.size(output()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The folder with the compiled control module; compiled once for each Erlang, since a newer one's code may not
    /// run on an older one.
    static Path controlCode(ErlangInstallation installation) {
        return CONTROL_CODE.computeIfAbsent(installation, PeerFolder::compileControl);
    }

    /// A new folder beneath the temporary folder, which is the module's `target` in a build.
    static Path temporary(String prefix) throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"), "erlang");
        Files.createDirectories(parent);
        return Files.createTempDirectory(parent, prefix);
    }

    private static Path compileControl(ErlangInstallation installation) {
        try {
            Path folder = temporary(CONTROL);
            Path source = folder.resolve(CONTROL + ".erl");
            try (InputStream in = PeerFolder.class.getResourceAsStream(CONTROL + ".erl")) {
                Files.write(source, Objects.requireNonNull(in).readAllBytes());
            }
            List<String> command = List.of(installation.erlc(), "-Werror", "-o", folder.toString(), source.toString());
            ProcessGuard.run(new ProcessBuilder(command), folder.resolve("erlc.log"), Await.PATIENCE);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("the module " + CONTROL + " cannot be compiled", e);
        }
    }
}
