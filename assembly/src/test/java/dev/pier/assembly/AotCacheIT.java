package dev.pier.assembly;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `bin/pier aot`, and the start with its cache.
class AotCacheIT {
    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void copyDistribution() throws Exception {
        home = Distribution.copyTo(folder.resolve("pier"));
    }

    @Test
    void theCacheIsUsedUntilAJarChanges() throws Exception {
        assertThat(pier("aot")).contains("Created " + home.resolve("lib/pier.aot"));
        assertThat(pier("version", "-Xlog:aot")).contains("Opened AOT cache");

        Path jar;
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            jar = jars.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
        }
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        assertThat(pier("version", "-Xlog:aot"))
                .contains("was created for another Java or other jars")
                .doesNotContain("Opened AOT cache")
                .doesNotContain("[error]");
    }

    /// Runs `bin/pier` to its successful end and returns its output.
    private String pier(String command, String... options) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(home.resolve("bin/pier").toString(), command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("PIER_JAVA_OPTS", String.join(" ", options));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
