package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The archetype makes the project that `bin/pier new --kind war` makes, which [NewProjectIT] builds and runs.
class ArchetypeIT {
    @TempDir
    static Path folder;

    @Test
    void itMakesTheFilesOfTheCommand() throws Exception {
        try (PierProcess created =
                PierProcess.start(folder, "new", "shop", "--kind", "war", "--package", "org.acme.shop")) {
            assertThat(created.awaitEnd()).as(created.output()).isZero();
        }
        Path generated = Files.createDirectory(folder.resolve("generated"));
        // The plugin takes archetypes from a repository of this name.
        Path settings = Files.writeString(folder.resolve("archetype-settings.xml"), """
                <settings>
                  <profiles>
                    <profile>
                      <id>archetype</id>
                      <repositories>
                        <repository>
                          <id>archetype</id>
                          <url>%s</url>
                        </repository>
                      </repositories>
                    </profile>
                  </profiles>
                  <activeProfiles><activeProfile>archetype</activeProfile></activeProfiles>
                </settings>
                """.formatted(
                        Distribution.home().resolve("repository").toUri()));
        new OutsideMaven(folder)
                .run(
                        generated,
                        "-s",
                        settings.toString(),
                        "org.apache.maven.plugins:maven-archetype-plugin:"
                                + OutsideProject.versionOf("maven-archetype-plugin") + ":generate",
                        "-DarchetypeCatalog=local",
                        "-DarchetypeGroupId=dev.pier",
                        "-DarchetypeArtifactId=pier-archetype-webapp",
                        "-DarchetypeVersion=" + OutsideProject.VERSION,
                        "-DgroupId=org.acme.shop",
                        "-DartifactId=shop",
                        "-Dpackage=org.acme.shop",
                        "-DpierHome=" + Distribution.home().toAbsolutePath().normalize());

        assertThat(files(generated.resolve("shop"))).isEqualTo(files(folder.resolve("shop")));
    }

    /// The texts of a project's files, by their names.
    private static Map<String, String> files(Path project) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(project)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.put(project.relativize(file).toString(), Files.readString(file));
            }
        }
        return texts;
    }
}
