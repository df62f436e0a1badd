package dev.pier.erlang.otp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What the OTP application `pier` says about itself.
class PierApplicationTest {
    private static String find(Path file, String pattern) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }

    @Test
    void itsVersionIsThatOfPier() throws IOException {
        String pier = find(Path.of("../../pom.xml"), "<version>([^<]+)</version>");
        assertThat(find(Path.of("../erlang/src/pier.app.src"), "\\{vsn, \"([^\"]+)\"}"))
                .isEqualTo(pier.replace("-SNAPSHOT", ""));
    }

    @Test
    void itHasNoDependencies() throws IOException {
        assertThat(find(Path.of("../erlang/src/pier.app.src"), "\\{applications, (\\[[^]]*])}"))
                .isEqualTo("[kernel, stdlib]");
        assertThat(find(Path.of("../erlang/rebar.config"), "\\{deps, (\\[[^]]*])}"))
                .isEqualTo("[]");
        assertThat(find(Path.of("../erlang/mix.exs"), "deps: (\\[[^]]*])")).isEqualTo("[]");
    }
}
