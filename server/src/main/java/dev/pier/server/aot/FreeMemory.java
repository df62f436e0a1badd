package dev.pier.server.aot;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The memory that another process can have: of the container if it has a limit, otherwise of the machine.
///
/// @param meminfo `/proc/meminfo`
/// @param limit the limit of the container, or the memory of the machine, in bytes
/// @param freeInContainer the rest of the container's limit, in bytes
record FreeMemory(Path meminfo, LongSupplier limit, LongSupplier freeInContainer) {
    private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal: +(\\d+) kB$");
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable: +(\\d+) kB$");

    static FreeMemory ofMachine() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new FreeMemory(Path.of("/proc/meminfo"), system::getTotalMemorySize, system::getFreeMemorySize);
    }

    /// SPEC: proc_meminfo(5): `MemAvailable` includes the page cache, which the free memory that Java knows does not.
    long bytes() throws IOException {
        String text = Files.readString(meminfo);
        long available = kilobytes(AVAILABLE, text);
        return limit.getAsLong() < kilobytes(TOTAL, text)
                ? Math.min(available, freeInContainer.getAsLong())
                : available;
    }

    private long kilobytes(Pattern line, String text) throws IOException {
        Matcher matcher = line.matcher(text);
        if (!matcher.find()) {
            throw new IOException(meminfo + " does not have the line " + line);
        }
        return Long.parseLong(matcher.group(1)) << 10;
    }
}
