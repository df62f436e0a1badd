package dev.pier.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class PasswordCommandTest {
    private static String run(String input, int status, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
        StringWriter printed = new StringWriter();
        try {
            CommandLine line = Main.commandLine();
            line.setOut(new PrintWriter(printed));
            line.setErr(new PrintWriter(printed));
            assertThat(line.execute(arguments)).isEqualTo(status);
            return printed.toString();
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void aLineOfTheFileIsPrinted() {
        assertThat(run("s3cret\n", 0, "password", "joe", "staff", "admin"))
                .matches("joe: pbkdf2-sha256\\$600000\\$\\S{22}\\$\\S{43}, staff, admin\\R")
                .doesNotContain("s3cret");
    }

    @Test
    void mistakesAreNamed() {
        assertThat(run("", 2, "password", "joe")).contains("no password");
        assertThat(run("\n", 2, "password", "joe")).contains("no password");
        assertThat(run("x\n", 2, "password", "#joe")).contains("a name has no space");
        assertThat(run("x\n", 2, "password", "joe", "a,b")).contains("a role has no comma");
    }
}
