package dev.pier.server.aot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pier.server.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AotCacheCreationTest {
    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    private LogLines log;

    @BeforeEach
    void captureLog() {
        log = LogLines.of("dev.pier.server.aot", Level.INFO);
    }

    @AfterEach
    void releaseLog() {
        log.close();
    }

    @Test
    void logsTheLastLineOfASuccess() throws Exception {
        creation(GIB, "echo Creating it; echo Created pier.aot").run();

        assertThat(log.messages()).containsExactly("Created pier.aot: the next start takes about half the time");
    }

    @Test
    void logsTheLastLineOfAFailureAtItsEnd() throws Exception {
        creation(GIB, "echo Creating it; echo no room >&2; exit 3").run();

        assertThat(log.warnings()).singleElement().asString().contains("exit status 3", "no room", "'bin/pier aot'");
    }

    @Test
    void withoutMemoryNothingRuns() throws Exception {
        creation(GIB / 2, "touch " + folder.resolve("ran")).run();

        assertThat(folder.resolve("ran")).doesNotExist();
        assertThat(log.text()).contains("512 MiB of memory are free", "at least 768");
    }

    @Test
    void aMissingLauncherIsLogged() throws Exception {
        new AotCacheCreation(List.of(folder.resolve("missing").toString()), Duration.ZERO, memory(GIB)).run();

        assertThat(log.text()).contains("cannot be created", "missing", "start.aot = off");
    }

    @Test
    void aStopBeforeTheStartStartsNothing() throws Exception {
        AotCacheCreation creation = creation(GIB, "touch " + folder.resolve("ran"));
        creation.stop();
        creation.run();

        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void aStopEndsTheProcessAndItsChildren() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        // The pipe is open for writing as long as one of the two processes lives.
        AotCacheCreation creation = creation(GIB, "exec 3>" + pipe + "; sleep 1000 & echo begun >&3; wait");
        Thread thread = Thread.ofPlatform().start(creation::run);

        try (var lines = Files.newBufferedReader(pipe)) {
            assertThat(lines.readLine()).isEqualTo("begun");
            creation.stop();
            assertThat(lines.readLine()).isNull();
        }
        thread.join();
        assertThat(log.messages()).isEmpty();
    }

    private AotCacheCreation creation(long free, String script) throws IOException {
        return new AotCacheCreation(List.of("sh", "-c", script), Duration.ZERO, memory(free));
    }

    private FreeMemory memory(long free) throws IOException {
        Path machine = Files.writeString(folder.resolve("meminfo"), """
                MemTotal:       %1$d kB
                MemAvailable:   %1$d kB
                """.formatted((8 * GIB) >> 10));
        return new FreeMemory(machine, () -> 4 * GIB, () -> free);
    }
}
