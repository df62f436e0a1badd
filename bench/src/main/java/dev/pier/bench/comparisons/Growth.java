package dev.pier.bench.comparisons;

import static java.util.Comparator.comparingDouble;

import dev.pier.bench.harness.Rounds;
import dev.pier.bench.harness.Row;
import dev.pier.bench.harness.Section;
import dev.pier.bench.harness.Side;
import dev.pier.bench.load.Idle;
import dev.pier.bench.load.Page;
import dev.pier.bench.load.Wrk;
import dev.pier.bench.sides.BeamNode;
import dev.pier.bench.sides.Driven;
import dev.pier.bench.sides.Pages;
import dev.pier.bench.sides.Scene;
import dev.pier.bench.sides.Server;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Processor time of an operation while the number of one thing grows: busy connections, idle connections, peers,
/// mailboxes, applications. Each number has a Pier of its own, except for busy connections.
public final class Growth implements Comparison {
    private static final int BUSY = 64;
    private static final int ROUNDS = 3;

    /// Long enough for the first requests of thousands of connections, which are dear.
    private static final Duration ROUND = Duration.ofSeconds(5);

    private static final int QUICK_MOST = 100;
    private static final double MARK = 1.5;
    private static final String OF_SERVER = "CPU µs server";
    private static final String OF_CALLER = "CPU µs caller";

    private static final List<Integer> BUSY_CONNECTIONS = List.of(1, 8, BUSY, 512, 4_096);
    private static final List<Integer> IDLE_CONNECTIONS = List.of(0, 1_000, 10_000);
    private static final List<Integer> PEERS = List.of(1, 10, 100, 1_000);
    private static final List<Integer> MAILBOXES = List.of(BUSY, 1_000, 10_000, 100_000);
    private static final List<Integer> APPLICATIONS = List.of(1, 10, 100, 1_000);

    /// A curve: what each number of things is measured with.
    private interface Curve {
        /// @param open closes the servers and connections of this number after the measurement
        Side side(int count, Open open) throws Exception;
    }

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public void run(Run run) throws Exception {
        Scene scene = run.scene();
        BeamNode backend = scene.backend();
        draw(run, "busy-connections", "requests/s", OF_SERVER, BUSY_CONNECTIONS, (count, _) -> {
            return new Wrk(page(scene.pier(), count, backend), count);
        });
        draw(run, "idle-connections", "requests/s", OF_SERVER, IDLE_CONNECTIONS, (count, open) -> {
            Server pier = open.later(scene.startPier("idle" + count, scene.distribution()));
            Idle idle = open.later(Idle.open(pier.at("/nocall?id=1"), count));
            return new Wrk(page(pier, idle.count(), backend), BUSY);
        });
        try (Server farm = scene.startFarm("farm")) {
            farm.get("/nodes?count=" + most(run, PEERS));
            draw(run, "peers", "calls/s", OF_CALLER, PEERS, (count, open) -> {
                Server pier = open.later(scene.startPierWithPeers("peers" + count, count));
                return Driven.in(pier, farm.pid(), label(count), "peers/" + count, BUSY, "virtual");
            });
        }
        draw(run, "mailboxes", "messages/s", OF_CALLER, MAILBOXES, (count, open) -> {
            Server pier = open.later(scene.startPier("mailboxes" + count, scene.distribution()));
            return Driven.in(pier, backend, label(count), "mailboxes/" + count, BUSY, "virtual");
        });
        draw(run, "applications", "requests/s", OF_SERVER, APPLICATIONS, (count, open) -> {
            Server pier = open.later(scene.startPierWithApplications("applications" + count, count));
            return new Wrk(page(pier, count, backend), BUSY, scene.applicationsInTurn(count));
        });
    }

    private static String label(int count) {
        return "%,d".formatted(count);
    }

    private static Page page(Server pier, int count, BeamNode backend) {
        return Pages.page(label(count), pier.at("/call"), pier.pid(), backend);
    }

    private void draw(Run run, String things, String unit, String figure, List<Integer> numbers, Curve curve)
            throws Exception {
        Rounds each = run.rounds();
        Rounds rounds = run.quick() ? each : each.instead(ROUNDS, each.warmUp(), each.warmUpOperations(), ROUND);
        try (Open open = new Open()) {
            List<Side> sides = new ArrayList<>();
            for (int count : numbers(run, numbers)) {
                sides.add(curve.side(count, open));
            }
            List<Row> rows = rounds.play(sides);
            run.report().add(new Section(name(), things.replace('-', ' '), unit, "", rows));
            run.report().ratioAtMost("growth-" + things, figure, rows.getLast(), cheapest(rows, figure), MARK);
        }
    }

    private static Row cheapest(List<Row> rows, String figure) {
        return rows.stream().min(comparingDouble(row -> row.figure(figure))).orElseThrow();
    }

    private static List<Integer> numbers(Run run, List<Integer> all) {
        return run.quick() ? all.stream().filter(count -> count <= QUICK_MOST).toList() : all;
    }

    private static int most(Run run, List<Integer> all) {
        return numbers(run, all).getLast();
    }

    /// Servers and connections that are closed together, the last one first.
    private static final class Open implements Closeable {
        private final Deque<Closeable> all = new ArrayDeque<>();

        <T extends Closeable> T later(T opened) {
            all.push(opened);
            return opened;
        }

        @Override
        public void close() throws IOException {
            while (!all.isEmpty()) {
                all.pop().close();
            }
        }
    }
}
