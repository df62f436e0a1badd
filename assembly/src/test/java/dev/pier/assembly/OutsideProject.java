package dev.pier.assembly;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A Maven project outside of Pier's sources. It takes the artifacts that this build has made from a `file:`
/// repository, and starts with an empty local repository.
///
/// Other artifacts come from where Maven takes them on this machine. The machine's local repository is offered as a
/// repository too, which saves downloads; no artifact of Pier comes from there.
final class OutsideProject {
    /// Where each published artifact is built.
    private static final Map<String, String> MODULES = Map.of(
            "pier-bom", "bom",
            "pier-erlang-api", "plugin-erlang/api",
            "pier-etf", "plugin-erlang/etf",
            "pier-erlang-servlet", "plugin-erlang/servlet",
            "pier-erlang-node", "plugin-erlang/node");

    private static final String PARENT_POM = read(Distribution.sources().resolve("pom.xml"));
    private static final String VERSION = first(PARENT_POM, "<artifactId>pier-parent</artifactId>\\s*<version>(.*?)<");

    private final Path folder;
    private final Path local;
    private final String tree;
    private final String classPath;

    /// Compiles a `Main` against one of Pier's artifacts.
    OutsideProject(Path folder, Path repository, String artifact, String main) throws Exception {
        this.folder = folder;
        local = folder.resolve("local");
        Path source = Files.createDirectories(folder.resolve("src/main/java")).resolve("Main.java");
        Files.writeString(source, main);
        Files.writeString(folder.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId>
                  <artifactId>outside</artifactId>
                  <version>1</version>
                  <properties>
                    <maven.compiler.release>25</maven.compiler.release>
                    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
                  </properties>
                  <dependencyManagement>
                    <dependencies>
                      <dependency>
                        <groupId>dev.pier</groupId>
                        <artifactId>pier-bom</artifactId>
                        <version>%s</version>
                        <type>pom</type>
                        <scope>import</scope>
                      </dependency>
                    </dependencies>
                  </dependencyManagement>
                  <dependencies>
                    <dependency>
                      <groupId>dev.pier</groupId>
                      <artifactId>%s</artifactId>
                    </dependency>
                  </dependencies>
                  <repositories>%s</repositories>
                  <pluginRepositories>%s</pluginRepositories>
                </project>
                """.formatted(
                        VERSION,
                        artifact,
                        repository("repository", "pier", repository, true)
                                + repository("repository", "machine", machinesRepository(), false),
                        repository("pluginRepository", "machine", machinesRepository(), false)));
        String compiler = plugin("compiler");
        String dependency = plugin("dependency");
        maven(
                folder,
                local,
                compiler + ":compile",
                dependency + ":tree",
                "-DoutputFile=tree.txt",
                dependency + ":build-classpath",
                "-Dmdep.outputFile=classpath.txt");
        tree = Files.readString(folder.resolve("tree.txt"));
        classPath = Files.readString(folder.resolve("classpath.txt"));
    }

    /// Deploys what this build has made, by Maven's own plugin: the jars with the POMs that are published.
    static Path deploy(Path folder) throws Exception {
        Path repository = folder.resolve("repository");
        StringBuilder executions = new StringBuilder();
        for (Map.Entry<String, String> module : MODULES.entrySet()) {
            Path target = Distribution.sources().resolve(module.getValue()).resolve("target");
            Path pom = target.resolve(".flattened-pom.xml");
            Path jar = target.resolve(module.getKey() + "-" + VERSION + ".jar");
            executions.append("""
                    <execution>
                      <id>%s</id>
                      <phase>validate</phase>
                      <goals><goal>deploy-file</goal></goals>
                      <configuration>
                        <file>%s</file>
                        <pomFile>%s</pomFile>
                        <url>%s</url>
                      </configuration>
                    </execution>
                    """.formatted(module.getKey(), Files.exists(jar) ? jar : pom, pom, repository.toUri()));
        }
        Path project = Files.createDirectories(folder.resolve("deploying"));
        Files.writeString(project.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>com.example</groupId>
                  <artifactId>deploying</artifactId>
                  <version>1</version>
                  <packaging>pom</packaging>
                  <build>
                    <plugins>
                      <plugin>
                        <artifactId>maven-deploy-plugin</artifactId>
                        <version>%s</version>
                        <executions>%s</executions>
                      </plugin>
                    </plugins>
                  </build>
                </project>
                """.formatted(
                        first(PARENT_POM, "<version.maven-deploy-plugin>(.*?)<"), executions));
        maven(project, machinesRepository(), "validate");
        return repository;
    }

    /// What `mvn dependency:tree` says.
    String tree() {
        return tree;
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

    /// Runs `Main`, and returns what it has printed.
    String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin/java").toString(),
                "-cp",
                folder.resolve("target/classes") + File.pathSeparator + classPath,
                "Main"));
        command.addAll(List.of(arguments));
        return execute(folder, command);
    }

    private static String repository(String element, String id, Path folder, boolean snapshots) {
        return "<%1$s><id>%2$s</id><url>%3$s</url><snapshots><enabled>%4$s</enabled></snapshots></%1$s>"
                .formatted(element, id, folder.toUri(), snapshots);
    }

    private static String plugin(String name) {
        String artifact = "maven-" + name + "-plugin";
        return "org.apache.maven.plugins:" + artifact + ":" + first(PARENT_POM, "<version." + artifact + ">(.*?)<");
    }

    private static Path machinesRepository() {
        return Path.of(System.getProperty("localRepository", ""));
    }

    private static void maven(Path project, Path local, String... arguments) throws Exception {
        // Maven looks for this folder upwards, and must not find Pier's.
        Files.createDirectories(project.resolve(".mvn"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("pier.test.maven-home", ""), "bin/mvn")
                        .toString(),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + local));
        command.addAll(List.of(arguments));
        execute(project, command);
    }

    private static String execute(Path folder, List<String> command) throws Exception {
        Path log = Files.createTempFile(folder, "command", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home", ""));
        Process process = builder.redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed:\n" + Files.readString(log));
            }
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(log);
    }

    private static String first(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("the parent POM has no " + pattern);
        }
        return matcher.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
