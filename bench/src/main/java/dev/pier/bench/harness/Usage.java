package dev.pier.bench.harness;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The CPU time and the waits of a process since its start.
///
/// @param cpuMicros user and system time, in the kernel's steps of 10 ms
/// @param switches voluntary context switches of the threads that are still alive
public record Usage(double cpuMicros, long switches) {
    /// SPEC: proc(5) /proc/pid/stat: times are in clock ticks, which are 10 ms on Linux (USER_HZ).
    private static final double MICROS_PER_TICK = 10_000;
    private static final int UTIME_AFTER_STATE = 11;
    private static final String SWITCHES = "voluntary_ctxt_switches:";

    public static Usage of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(process.resolve("stat"));
        // SPEC: proc(5) /proc/pid/stat: the name is in parentheses and can contain any character; the state follows it.
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

    /// The resident memory of a process.
    public static double residentMebibytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
            }
        }
        throw new IOException("/proc/" + pid + "/status has no VmRSS: the process may have ended");
    }

    private static long switchesOf(Path status) {
        try {
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith(SWITCHES)) {
                    return Long.parseLong(line.substring(SWITCHES.length()).strip());
                }
            }
        } catch (IOException e) {
            // The thread has ended.
        }
        return 0;
    }

    Usage since(Usage before) {
        return new Usage(cpuMicros - before.cpuMicros, switches - before.switches);
    }
}
