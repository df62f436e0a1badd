package dev.pier.erlang.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
