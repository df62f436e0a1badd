package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The published artifacts as a project uses them that knows nothing of Pier's sources.
class OutsideProjectIT {
    @TempDir
    static Path folder;

    private static Path repository;

    @BeforeAll
    static void deploy() throws Exception {
        repository = OutsideProject.deploy(folder);
    }

    @Test
    void theMapperWorksFromItsArtifactAlone() throws Exception {
        OutsideProject project =
                new OutsideProject(Files.createDirectory(folder.resolve("etf")), repository, "pier-etf", """
                import dev.pier.erlang.jackson.databind.EtfMapper;
                import java.util.HexFormat;
                import java.util.List;
                import java.util.ServiceLoader;
                import tools.jackson.core.TokenStreamFactory;

                public class Main {
                    record User(String name, List<Integer> scores) {}

                    public static void main(String[] args) {
                        EtfMapper mapper = new EtfMapper();
                        byte[] bytes = mapper.writeValueAsBytes(new User("Joe", List.of(1, 2, 300)));
                        System.out.println(HexFormat.of().formatHex(bytes, 0, 2));
                        System.out.println(mapper.readValue(bytes, User.class));
                        for (TokenStreamFactory factory : ServiceLoader.load(TokenStreamFactory.class)) {
                            System.out.println(factory.getFormatName());
                        }
                    }
                }
                """);

        assertThat(project.run().lines()).contains("8374", "User[name=Joe, scores=[1, 2, 300]]", "ETF");
        assertThat(artifacts(project))
                .containsExactlyInAnyOrder(
                        "dev.pier:pier-etf",
                        "dev.pier:pier-erlang-api",
                        "org.jspecify:jspecify",
                        "tools.jackson.core:jackson-databind",
                        "tools.jackson.core:jackson-core",
                        "com.fasterxml.jackson.core:jackson-annotations");
        assertThat(project.sourcesOfPier()).containsOnly("pier");
    }

    /// `group:artifact` of all that the project depends on.
    private static List<String> artifacts(OutsideProject project) {
        return project.tree()
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst("^[-+|\\\\ ]+", "").split(":"))
                .flatMap(parts -> Stream.of(parts[0] + ":" + parts[1]))
                .toList();
    }
}
