package dev.pier.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.Peer;
import dev.pier.erlang.node.NodeRuntime;
import dev.pier.erlang.servlet.JsonResponses;
import jakarta.annotation.Resource;
import jakarta.servlet.http.HttpServlet;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Compares the programs in README.md and docs/ with the files in docs/example, and compiles those.
class ReadmeTest {
    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).resolve("..").normalize();
    private static final Path SERVLET = ROOT.resolve("docs/example/Users.java");
    private static final Path MAIN = ROOT.resolve("docs/example/Main.java");
    private static final Path PROCESSES = ROOT.resolve("docs/example/Processes.java");

    private static List<String> blocks(String document) throws IOException {
        return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve(document)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    @Test
    void theProgramsInTheReadmeAreTheFiles() throws Exception {
        assertThat(blocks("README.md")).containsExactly(Files.readString(SERVLET), Files.readString(MAIN));
    }

    @Test
    void theProgramInEmbeddingIsTheFile() throws Exception {
        assertThat(blocks("docs/embedding.md")).contains(Files.readString(MAIN));
    }

    @Test
    void theServletInTheTutorialIsTheFile() throws Exception {
        assertThat(blocks("docs/tutorial.md")).containsExactly(Files.readString(SERVLET));
    }

    @Test
    void theProcessesInTheirPageAreInTheFile() throws Exception {
        String file = Files.readString(PROCESSES).replaceAll("(?m)^ +", "");
        assertThat(blocks("docs/processes.md"))
                .hasSize(7)
                .allSatisfy(block -> assertThat(file).contains(block.replaceAll("(?m)^ +", "")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Users", "Processes", "Visits"})
    void theExamplesCompileAgainstTheApiAlone(String example, @TempDir Path classes) throws Exception {
        compile(example, classes, Peer.class, JsonResponses.class, HttpServlet.class, Resource.class);
    }

    @Test
    void theProgramCompilesAgainstTheNodeAlone(@TempDir Path classes) throws Exception {
        compile("Main", classes, Peer.class, NodeRuntime.class);
    }

    private static void compile(String example, Path classes, Class<?>... against) throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        StringWriter output = new StringWriter();
        String classPath = Stream.of(against).map(ReadmeTest::location).collect(Collectors.joining(File.pathSeparator));

        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
            boolean compiled = javac.getTask(
                            output,
                            files,
                            null,
                            List.of("-Werror", "-proc:none", "-cp", classPath, "-d", classes.toString()),
                            null,
                            files.getJavaFileObjects(ROOT.resolve("docs/example/" + example + ".java")))
                    .call();
            assertThat(compiled).as(output.toString()).isTrue();
        }
        assertThat(classes.resolve(example + ".class")).exists();
    }

    private static String location(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }
}
