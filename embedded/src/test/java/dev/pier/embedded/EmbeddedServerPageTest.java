package dev.pier.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program on the page docs/embedded-server.md is the file in docs/example, and compiles.
class EmbeddedServerPageTest {
    private static final Path DOCS = Path.of(System.getProperty("basedir", "")).resolve("../docs");

    @Test
    void theProgramIsTheFileAndCompiles(@TempDir Path classes) throws Exception {
        Path file = DOCS.resolve("example/Run.java");
        assertThat(Files.readString(DOCS.resolve("embedded-server.md")))
                .contains("```java\n" + Files.readString(file) + "```");
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, output, output, "-Werror", "-proc:none", "-d", classes.toString(), file.toString());
        assertThat(status).as(output.toString(StandardCharsets.UTF_8)).isZero();
    }
}
