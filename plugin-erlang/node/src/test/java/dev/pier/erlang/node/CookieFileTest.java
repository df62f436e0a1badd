package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CookieFileTest {
    @TempDir
    Path folder;

    private Path file(String content, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("cookie"), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aLineBreakAtTheEndIsNoPartOfTheCookie() throws IOException {
        assertThat(CookieFile.read(file("secret\n", "r--------"))).hasToString("Cookie[hidden]");
    }

    /// The file's line breaks are `~`.
    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
        "ABC"      | "ABC"
        "ABC~"     | "ABC"
        "ABC  ~"   | "ABC  "
        "  ABC~"   | "  ABC"
        "A B C~~ ~" | "A B C"
        """, delimiter = '|')
    void everythingBeforeTheLineBreakIsTheCookie(String text, String cookie) {
        assertThat(CookieFile.cookieIn(text.replace('~', '\n'))).isEqualTo(cookie);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A\nB", "A\tB", "\nA", "\u00e4"})
    void anythingButOneLineOfAsciiIsRefused(String text) throws IOException {
        Path file = file(text, "rw-------");
        assertThatThrownBy(() -> CookieFile.read(file)).hasMessageContaining("one line of printable ASCII");
    }

    @Test
    void oneThatOthersCanReadIsRefused() throws IOException {
        Path file = file("secret", "rw-r--r--");
        assertThatThrownBy(() -> CookieFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("rw-r--r--")
                .hasMessageContaining("chmod")
                .message()
                .doesNotContain("secret");
    }

    @Test
    void oneThatIsMissingIsNamed() {
        assertThatThrownBy(() -> CookieFile.read(folder.resolve("nowhere")))
                .hasMessageContaining("nowhere")
                .hasMessageContaining("does not exist");
    }

    @Test
    void oneThatIsEmptyIsNone() throws IOException {
        Path file = file(" \n", "rw-------");
        assertThatThrownBy(() -> CookieFile.read(file)).hasMessageContaining("is empty");
    }

    @Test
    void oneThatIsNoCookieIsNotShown() throws IOException {
        Path file = file("x".repeat(300), "rw-------");
        assertThatThrownBy(() -> CookieFile.read(file))
                .hasMessageContaining("255")
                .message()
                .doesNotContain("xxx");
    }
}
