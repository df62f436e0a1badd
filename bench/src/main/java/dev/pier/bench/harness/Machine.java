package dev.pier.bench.harness;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Describes the machine and the software that are measured.
public final class Machine {
    private Machine() {}

    /// The description in the order of the report.
    ///
    /// @param root the source tree
    public static Map<String, String> describe(Path root) throws IOException, InterruptedException {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("processor", Runtime.getRuntime().availableProcessors() + " × " + processor());
        machine.put(
                "memory",
                Files.readAllLines(Path.of("/proc/meminfo")).getFirst().replaceAll("[^0-9]", "") + " kB");
        machine.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        machine.put("JDK", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        machine.put("Erlang/OTP", erlang());
        for (String artifact : List.of("jetty-server", "pier-erlang-node")) {
            machine.put(artifact, version(root.resolve("assembly/target/pier/lib"), artifact));
        }
        machine.put("commit", run(root, "git", "rev-parse", "--short=12", "HEAD"));
        machine.put(
                "uncommitted changes", run(root, "git", "status", "--porcelain").isEmpty() ? "no" : "yes");
        return machine;
    }

    /// The load average of the last minute.
    public static double load() throws IOException {
        return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }

    private static String erlang() throws IOException, InterruptedException {
        String expression = "{ok, V} = file:read_file(filename:join([code:root_dir(), \"releases\", "
                + "erlang:system_info(otp_release), \"OTP_VERSION\"])), "
                + "io:put_chars([string:trim(V), \", erts \", erlang:system_info(version)]), halt().";
        return run(Path.of("."), "erl", "-noinput", "-boot", "start_clean", "-eval", expression);
    }

    private static String version(Path folder, String artifact) throws IOException {
        try (var jars = Files.newDirectoryStream(folder, artifact + "-[0-9]*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                return name.substring(artifact.length() + 1, name.length() - ".jar".length());
            }
        }
        return "?";
    }

    private static String run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        return process.waitFor() == 0 ? output : "?";
    }
}
