package dev.pier.assembly;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Maven project outside of Pier's sources, with one of Pier's artifacts from the distribution's repository and one
/// class `Main`.
final class OutsideProject {
    private static final String PARENT_POM = read(Distribution.sources().resolve("pom.xml"));
    static final String VERSION = first(PARENT_POM, "<artifactId>pier-parent</artifactId>\\s*<version>(.*?)<");

    private final Path folder;
    private final OutsideMaven maven;
    private final String tree;
    private final String classPath;

    /// Compiles a `Main` against one of Pier's artifacts.
    OutsideProject(Path folder, String artifact, String main) throws Exception {
        this.folder = folder;
        maven = new OutsideMaven(folder);
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
                  <repositories>
                    <repository>
                      <id>pier</id>
                      <url>%s</url>
                    </repository>
                  </repositories>
                </project>
                """.formatted(
                VERSION, artifact, Distribution.home().resolve("repository").toUri()));
        String compiler = plugin("compiler");
        String dependency = plugin("dependency");
        maven.run(
                folder,
                compiler + ":compile",
                dependency + ":tree",
                "-DoutputFile=tree.txt",
                dependency + ":build-classpath",
                "-Dmdep.outputFile=classpath.txt");
        tree = Files.readString(folder.resolve("tree.txt"));
        classPath = Files.readString(folder.resolve("classpath.txt"));
    }

    /// What `mvn dependency:tree` says.
    String tree() {
        return tree;
    }

    /// The ids of the repositories that Pier's artifacts have come from.
    List<String> sourcesOfPier() throws IOException {
        return maven.sourcesOfPier();
    }

    /// Runs `Main`, and returns what it has printed.
    String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home", ""), "bin/java").toString(),
                "-cp",
                folder.resolve("target/classes") + File.pathSeparator + classPath,
                "Main"));
        command.addAll(List.of(arguments));
        return OutsideMaven.execute(folder, command, Map.of());
    }

    /// A version of the build.
    static String versionOf(String artifact) {
        return first(PARENT_POM, "<version." + artifact + ">(.*?)<");
    }

    private static String plugin(String name) {
        String artifact = "maven-" + name + "-plugin";
        return "org.apache.maven.plugins:" + artifact + ":" + versionOf(artifact);
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
