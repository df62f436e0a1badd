package dev.pier.bench.soak;

import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What a server holds after a full garbage collection.
///
/// @param heap in MiB
record Resources(double heap, long threads, long descriptors, long classes) {
    private static final double MORE_HEAP = 24;
    private static final long MORE_THREADS = 20;
    private static final long MORE_DESCRIPTORS = 30;
    private static final long MORE_CLASSES = 600;

    static Resources of(Server server) throws IOException, InterruptedException {
        Path process = Path.of("/proc", Long.toString(server.pid()));
        double heap = server.heapAfterCollection();
        return new Resources(heap, count(process.resolve("task")), count(process.resolve("fd")), server.classes());
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }

    /// What has grown more since an earlier measurement than caches and pools explain.
    List<String> leaksSince(Resources before) {
        List<String> leaks = new ArrayList<>();
        if (heap > before.heap + MORE_HEAP) {
            leaks.add("heap");
        }
        if (threads > before.threads + MORE_THREADS) {
            leaks.add("threads");
        }
        if (descriptors > before.descriptors + MORE_DESCRIPTORS) {
            leaks.add("descriptors");
        }
        if (classes > before.classes + MORE_CLASSES) {
            leaks.add("classes");
        }
        return leaks;
    }

    @Override
    public String toString() {
        return "heap %.1f MiB, %d threads, %d descriptors, %,d classes".formatted(heap, threads, descriptors, classes);
    }
}
