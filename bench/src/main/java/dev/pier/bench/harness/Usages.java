package dev.pier.bench.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// A snapshot of the usage of a side's processes.
final class Usages {
    private record Named(String process, Usage usage) {}

    private final List<Named> all = new ArrayList<>();

    static Usages of(Side side) throws IOException {
        Usages usages = new Usages();
        for (Map.Entry<String, Long> process : side.processes().entrySet()) {
            usages.all.add(new Named(process.getKey(), Usage.of(process.getValue())));
        }
        return usages;
    }

    /// The CPU time of all processes since another snapshot.
    double cpuMicrosSince(Usages before) {
        double[] sum = {0};
        forEachSince(before, (_, used) -> sum[0] += used.cpuMicros());
        return sum[0];
    }

    /// Passes the usage of each process since another snapshot to the consumer.
    void forEachSince(Usages before, BiConsumer<String, Usage> consumer) {
        for (int i = 0; i < all.size(); i++) {
            Named now = all.get(i);
            consumer.accept(now.process(), now.usage().since(before.all.get(i).usage()));
        }
    }
}
