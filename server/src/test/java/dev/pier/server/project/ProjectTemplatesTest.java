package dev.pier.server.project;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProjectTemplatesTest {
    @TempDir
    Path folder;

    private Path distribution = Path.of("");

    @BeforeEach
    void writeTemplates() throws Exception {
        distribution = Files.createDirectories(folder.resolve("pier"));
        template("kinds.properties", """
                small.title = A small one
                small.folders = common
                small.suffix = of @{new.name}
                large.title = A large one
                large.folders = common more
                large.suffix = x
                """);
        template("common/__dot__hidden", "@{new.package} in @{new.home}");
        template("common/src/__package__/A.java", "class A {} // @{new.suffix}, ${kept} @{other} $1\n");
        template("more/src/__package__/A.java", "class A {} // replaced");
        template("more/pom.xml", "<url>@{new.repository}</url>");
    }

    private void template(String name, String text) throws IOException {
        Path file = distribution.resolve("templates").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void fillsTheFilesOfAKind() throws Exception {
        Path shop = folder.resolve("shop");
        assertThat(templates().write(shop, "org.acme.shop", "small")).isEqualTo("A small one");

        assertThat(files(shop)).containsExactly(".hidden", "src/org/acme/shop/A.java");
        assertThat(shop.resolve(".hidden")).hasContent("org.acme.shop in " + distribution);
        assertThat(shop.resolve("src/org/acme/shop/A.java")).hasContent("class A {} // of shop, ${kept} @{other} $1\n");
    }

    @Test
    void takesTheLaterOfTwoFiles() throws Exception {
        Path shop = Files.createDirectory(folder.resolve("shop"));
        templates().write(shop, "shop", "large");

        assertThat(files(shop)).containsExactly(".hidden", "pom.xml", "src/shop/A.java");
        assertThat(shop.resolve("src/shop/A.java")).hasContent("class A {} // replaced");
        assertThat(shop.resolve("pom.xml")).hasContent("<url>file://" + distribution.resolve("repository") + "</url>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "org..acme", "org.acme.", "1org", "org.acme-shop", "org.class", "org acme", "../x", "java.x"
            })
    void refusesAPackageThatIsNotAJavaName(String name) {
        Path shop = folder.resolve("shop");
        assertThatThrownBy(() -> templates().write(shop, name, "small"))
                .isInstanceOf(ProjectException.class)
                .hasMessage("'" + name + "' is not a name for a Java package: use one such as org.acme");
        assertThat(shop).doesNotExist();
    }

    @Test
    void refusesAFolderThatIsNotEmpty() throws Exception {
        Path shop = Files.createDirectory(folder.resolve("shop"));
        Files.createFile(shop.resolve(".mine"));
        assertThatThrownBy(() -> templates().write(shop, "shop", "small"))
                .isInstanceOf(ProjectException.class)
                .hasMessage("the folder '" + shop + "' is not empty: name a new one");
        assertThat(files(shop)).containsExactly(".mine");

        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> templates().write(file, "shop", "small"))
                .isInstanceOf(ProjectException.class)
                .hasMessage("'" + file + "' is a file: name a new folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1shop", "my shop", "my.shop", "-x"})
    void refusesAFolderThatCannotNameTheProject(String name) {
        assertThatThrownBy(() -> templates().write(folder.resolve(name), "shop", "small"))
                .isInstanceOf(ProjectException.class)
                .hasMessageContaining("cannot give the project its name");
        assertThat(folder.resolve(name)).doesNotExist();
    }

    @Test
    void refusesAnUnknownKind() {
        Path shop = folder.resolve("shop");
        assertThatThrownBy(() -> templates().write(shop, "shop", "ear"))
                .isInstanceOf(ProjectException.class)
                .hasMessage("the kind 'ear' is unknown: use one of large, small");
        assertThat(shop).doesNotExist();
    }

    @Test
    void saysThatThereAreNoTemplates() {
        assertThatThrownBy(() -> new ProjectTemplates(folder))
                .isInstanceOf(ProjectException.class)
                .hasMessageContaining("there are no templates");
    }

    private ProjectTemplates templates() throws ProjectException {
        return new ProjectTemplates(distribution);
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
