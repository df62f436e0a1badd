package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestEpmd;
import dev.pier.erlang.testing.TestHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The published artifacts as a project uses them that knows nothing of Pier's sources.
class OutsideProjectIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @TempDir
    static Path folder;

    @Test
    void theMapperWorksFromItsArtifactAlone() throws Exception {
        OutsideProject project = new OutsideProject(Files.createDirectory(folder.resolve("etf")), "pier-etf", """
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

    @Test
    void twentyLinesCallErlangFromTheEngineAlone() throws Exception {
        OutsideProject project =
                new OutsideProject(Files.createDirectory(folder.resolve("node")), "pier-erlang-node", """
                import dev.pier.erlang.Peer;
                import dev.pier.erlang.node.EpmdSettings;
                import dev.pier.erlang.node.ErlangNodes;
                import dev.pier.erlang.node.NodeRuntime;
                import java.nio.file.Path;
                import java.util.List;

                public class Main {
                    public static void main(String[] args) throws Exception {
                        try (NodeRuntime erlang = ErlangNodes.builder(args[0])
                                .cookieFile(Path.of(args[1]))
                                .epmd(EpmdSettings.DEFAULT.withPort(Integer.parseInt(args[2])))
                                .peer("backend", args[3])
                                .start()) {
                            Peer backend = erlang.peer("backend");
                            System.out.println(backend.call("lists", "max", List.of(3, 1, 2)).as(int.class));
                            System.out.println(backend.call("erlang", "node").as(String.class));
                        }
                    }
                }
                """);

        assertThat(artifacts(project))
                .as("no servlet, Jetty or server artifact")
                .containsExactlyInAnyOrder(
                        "dev.pier:pier-erlang-node",
                        "dev.pier:pier-erlang-api",
                        "dev.pier:pier-etf",
                        "dev.pier:pier-pem",
                        "org.jspecify:jspecify",
                        "org.slf4j:slf4j-api",
                        "tools.jackson.core:jackson-databind",
                        "tools.jackson.core:jackson-core",
                        "com.fasterxml.jackson.core:jackson-annotations");
        assertThat(project.sourcesOfPier()).containsOnly("pier");
        String printed = project.run(
                TestHost.nodeName(TestHost.uniqueName("outside")),
                erlang.cookieFile().toString(),
                String.valueOf(TestEpmd.port()),
                erlang.nodeName());
        assertThat(printed.lines()).contains("3", erlang.nodeName());
    }

    /// All of them are in `api` of the distribution, so [OutsideApplicationIT] shows that a server has their
    /// classes.
    @Test
    void applicationsCompileAgainstNothingThatAServerHides() throws Exception {
        OutsideProject project =
                new OutsideProject(Files.createDirectory(folder.resolve("servlet")), "pier-erlang-servlet", """
                public class Main {
                    public static void main(String[] args) {
                        System.out.println(dev.pier.erlang.term.Term.parse("{ok,1}"));
                    }
                }
                """);

        assertThat(artifacts(project))
                .containsExactlyInAnyOrder(
                        "dev.pier:pier-erlang-servlet", "dev.pier:pier-erlang-api", "org.jspecify:jspecify");
        assertThat(project.run().lines()).contains("{ok,1}");
    }

    /// `group:artifact` of all that the project depends on.
    private static List<String> artifacts(OutsideProject project) {
        return project.tree()
                .lines()
                .skip(1)
                .map(line -> line.replaceFirst("^[-+|\\\\ ]+", "").split(":", -1))
                .map(parts -> parts[0] + ":" + parts[1])
                .toList();
    }
}
