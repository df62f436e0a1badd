package dev.pier.bench.comparisons;

import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Spread;
import dev.pier.bench.harness.Usage;
import dev.pier.bench.load.Idle;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Resident memory of a separate Pier after a full garbage collection: idle, with idle connections, with
/// idle WebSockets, and with further nodes. Measured once each.
public final class Memory implements Comparison {
    private static final int CONNECTIONS = 10_000;
    private static final int NODES = 500;
    private static final String HEAP = "heap in use";

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        int wanted = run.quick() ? 100 : CONNECTIONS;
        List<Row> rows = new ArrayList<>();
        String note = "";
        try (Server pier = scene.startPier("memory", scene.distribution())) {
            pier.get("/call?id=1");
            rows.add(measure("idle", pier));
            try (Idle connections = Idle.open(pier.at("/nocall?id=1"), wanted)) {
                if (connections.count() < wanted) {
                    note = "Limited to %d connections by the open files that this machine permits per process."
                            .formatted(connections.count());
                }
                rows.add(measure("%,d idle connections".formatted(connections.count()), pier));
            }
            try (Idle sockets = Idle.sockets(pier.at("/quiet"), wanted)) {
                rows.add(measure(
                        "%,d idle WebSockets".formatted(sockets.count()), pier, rows.getFirst(), sockets.count()));
            }
            try (Idle sockets = Idle.sockets(pier.at("/live/idle"), wanted)) {
                backend.awaitBrowsers("idle", sockets.count());
                rows.add(measure(
                        "%,d idle WebSockets with a process each".formatted(sockets.count()),
                        pier,
                        rows.getFirst(),
                        sockets.count()));
            }
            pier.get("/nodes?count=" + NODES);
            rows.add(measure(NODES + " further nodes, no connections", pier));
        }
        run.report().add(new Section(name(), "memory in RAM", "MiB", note, rows));
    }

    /// The same with the heap of one of a number of things, compared with another row.
    private static Row measure(String state, Server pier, Row without, int things)
            throws IOException, InterruptedException {
        Row row = measure(state, pier);
        Map<String, Double> figures = new LinkedHashMap<>(row.figures());
        double heap = heap(row) - heap(without);
        figures.put("KiB of heap for each", heap * 1024 / things);
        return new Row(state, row.value(), figures);
    }

    private static double heap(Row row) {
        return Objects.requireNonNull(row.figures().get(HEAP));
    }

    private static Row measure(String state, Server pier) throws IOException, InterruptedException {
        double before = Usage.residentMebibytes(pier.pid());
        double heap = pier.heapAfterCollection();
        double after = Usage.residentMebibytes(pier.pid());
        return new Row(state, Spread.once(after), Map.of("before the collection", before, HEAP, heap));
    }
}
