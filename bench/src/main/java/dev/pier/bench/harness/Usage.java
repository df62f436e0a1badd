package dev.pier.bench.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a process has used of the machine since it began.
///
/// @param cpuMicros time on a processor, in the kernel and outside; in steps of 10 ms, as the kernel counts
/// @param switches how often its threads that still live have given up the processor to wait for something
public record Usage(double cpuMicros, long switches) {
    // SPEC: proc(5): clock ticks are 100 a second on Linux whatever its own timer does (USER_HZ).
    private static final double MICROS_PER_TICK = 10_000;
    private static final int UTIME_AFTER_STATE = 11;
    private static final String SWITCHES = "voluntary_ctxt_switches:";

    public static Usage of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(process.resolve("stat"));
        // The name stands in brackets and may hold anything; the state is the first word behind it.
        String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(words[UTIME_AFTER_STATE]) + Long.parseLong(words[UTIME_AFTER_STATE + 1]);
        long switches = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            for (Path thread : threads) {
                switches += switchesOf(thread.resolve("status"));
            }
        }
        return new Usage(ticks * MICROS_PER_TICK, switches);
    }

    /// The memory that a process has in RAM.
    public static double residentMebibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("process " + pid + " has no memory");
    }

    private static long switchesOf(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(SWITCHES)) {
                    return Long.parseLong(line.substring(SWITCHES.length()).strip());
                }
            }
        } catch (IOException e) {
            // The thread has ended meanwhile.
        }
        return 0;
    }

    Usage since(Usage before) {
        return new Usage(cpuMicros - before.cpuMicros, switches - before.switches);
    }
}
