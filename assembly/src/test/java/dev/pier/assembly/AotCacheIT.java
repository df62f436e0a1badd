package dev.pier.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/pier aot`, and starting with what it makes.
class AotCacheIT {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void unpack() throws Exception {
        home = folder.resolve("pier");
        assertThat(run(List.of("cp", "-a", Distribution.home().toString(), home.toString())))
                .isEmpty();
    }

    @Test
    void aCacheIsMadeAndUsedAndPassedOverOnceAJarHasChanged() throws Exception {
        assertThat(pier("aot")).contains("Made " + home.resolve("lib/pier.aot"));
        assertThat(pier("version", "-Xlog:aot")).contains("Opened AOT cache");

        Path jar;
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            jar = jars.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        assertThat(pier("version", "-Xlog:aot"))
                .contains("was made for another Java or other jars")
                .doesNotContain("Opened AOT cache")
                .doesNotContain("[error]");
    }

    /// What it prints, once it has ended well.
    private String pier(String command, String... options) throws Exception {
        return run(List.of(home.resolve("bin/pier").toString(), command), options);
    }

    private static String run(List<String> command, String... options) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("PIER_JAVA_OPTS", String.join(" ", options));
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
