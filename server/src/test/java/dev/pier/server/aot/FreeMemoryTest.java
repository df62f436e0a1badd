package dev.pier.server.aot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    @Test
    void withoutALimitTheMachineCounts() throws Exception {
        assertThat(new FreeMemory(machine(), () -> 4096 * MIB, () -> 10 * MIB).bytes())
                .isEqualTo(2048 * MIB);
    }

    @Test
    void withALimitTheLesserCounts() throws Exception {
        assertThat(new FreeMemory(machine(), () -> 512 * MIB, () -> 100 * MIB).bytes())
                .isEqualTo(100 * MIB);
        assertThat(new FreeMemory(machine(), () -> 4000 * MIB, () -> 3000 * MIB).bytes())
                .isEqualTo(2048 * MIB);
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Path other = Files.writeString(folder.resolve("meminfo"), "MemTotal:        4194304 kB\n");

        assertThatThrownBy(() -> new FreeMemory(other, () -> 1, () -> 1).bytes())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("MemAvailable");
    }

    @Test
    void thisMachineHasSome() throws Exception {
        assertThat(FreeMemory.ofMachine().bytes()).isPositive();
    }

    private Path machine() throws IOException {
        return Files.writeString(folder.resolve("meminfo"), """
                MemTotal:        4194304 kB
                MemFree:           12345 kB
                MemAvailable:    2097152 kB
                """);
    }
}
