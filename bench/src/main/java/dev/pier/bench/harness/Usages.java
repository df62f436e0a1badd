package dev.pier.bench.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// What the processes of a side had used at some moment.
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

    /// What they have used since then, together.
    double cpuMicrosSince(Usages before) {
        double[] sum = {0};
        forEachSince(before, (_, used) -> sum[0] += used.cpuMicros());
        return sum[0];
    }

    /// Tells of each process what it has used since then.
    void forEachSince(Usages before, BiConsumer<String, Usage> taker) {
        for (int i = 0; i < all.size(); i++) {
            Named now = all.get(i);
            taker.accept(now.process(), now.usage().since(before.all.get(i).usage()));
        }
    }
}
