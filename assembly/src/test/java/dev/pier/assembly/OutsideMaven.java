package dev.pier.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Maven in projects outside of Pier's sources, with a local repository of their own that is empty at first.
///
/// Pier's artifacts come from the `file:` repository of the distribution. Others come from where Maven takes them
/// on this machine. The machine's local repository is offered as a repository too, which saves downloads; no
/// artifact of Pier comes from there.
final class OutsideMaven {
    private final Path local;
    private final Path settings;

    /// @param folder for the local repository and the settings
    OutsideMaven(Path folder) throws IOException {
        local = folder.resolve("local");
        settings = folder.resolve("settings.xml");
        Path machine = Path.of(System.getProperty("localRepository", ""));
        Files.writeString(
                settings, """
                <settings>
                  <profiles>
                    <profile>
                      <id>machine</id>
                      <repositories>%s</repositories>
                      <pluginRepositories>%s</pluginRepositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>machine</activeProfile></activeProfiles>
                </settings>
                """.formatted(repository("repository", machine), repository("pluginRepository", machine)));
    }

    private static String repository(String element, Path folder) {
        return """
                <%1$s>
                  <id>machine</id>
                  <url>%2$s</url>
                  <releases><checksumPolicy>ignore</checksumPolicy></releases>
                  <snapshots><enabled>false</enabled></snapshots>
                </%1$s>
                """.formatted(element, folder.toUri());
    }

    /// The command for Maven, before its goals.
    List<String> command() {
        return List.of(
                Path.of(System.getProperty("pier.test.maven-home", ""), "bin/mvn")
                        .toString(),
                "-B",
                "-ntp",
                "-gs",
                settings.toString(),
                "-Dmaven.repo.local=" + local);
    }

    /// Runs goals, and returns what Maven has printed.
    ///
    /// @throws AssertionError if Maven fails
    String run(Path project, String... arguments) throws Exception {
        // Maven looks for this folder upwards, and must not find Pier's.
        Files.createDirectories(project.resolve(".mvn"));
        List<String> command = new ArrayList<>(command());
        command.addAll(List.of(arguments));
        return execute(project, command, Map.of());
    }

    /// The ids of the repositories that Pier's artifacts have come from.
    List<String> sourcesOfPier() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(local.resolve("dev/pier"))) {
            for (Path file :
                    files.filter(path -> path.endsWith("_remote.repositories")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    if (!line.startsWith("#")) {
                        sources.add(line.substring(line.indexOf('>') + 1, line.lastIndexOf('=')));
                    }
                }
            }
        }
        return sources;
    }

    /// Runs a command to its end, and returns what it has printed.
    ///
    /// @throws AssertionError if its status is not 0
    static String execute(Path folder, List<String> command, Map<String, String> environment) throws Exception {
        Path log = Files.createTempFile("command", ".log");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
            // Without the optimizing compiler, whose work does not pay in a short run.
            builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
            builder.environment().putAll(environment);
            Process process = builder.redirectOutput(log.toFile()).start();
            try {
                if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    throw new AssertionError(String.join(" ", command) + " failed:\n" + Files.readString(log));
                }
            } finally {
                process.destroyForcibly();
            }
            return Files.readString(log);
        } finally {
            Files.delete(log);
        }
    }
}
