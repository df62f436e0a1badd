package dev.pier.bench.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/// What has happened so far. Safe for many threads.
final class Tally {
    private static final int MAX_PROBLEMS = 20;

    final LongAdder requests = new LongAdder();

    /// Requests with an error status while the Erlang node was away.
    final LongAdder failedByKill = new LongAdder();

    final LongAdder kills = new LongAdder();
    final LongAdder redeployments = new LongAdder();
    final LongAdder slowReaders = new LongAdder();
    final LongAdder strangers = new LongAdder();
    private final LongAdder hung = new LongAdder();
    private final LongAdder wrong = new LongAdder();
    private final List<String> problems = new ArrayList<>();

    void hung(String what) {
        hung.increment();
        problem("hung: " + what);
    }

    void wrong(String what) {
        wrong.increment();
        problem("wrong: " + what);
    }

    private void problem(String what) {
        synchronized (problems) {
            if (problems.size() < MAX_PROBLEMS) {
                problems.add(what);
            }
        }
    }

    List<String> problems() {
        synchronized (problems) {
            return List.copyOf(problems);
        }
    }

    boolean isClean() {
        return hung.sum() == 0 && wrong.sum() == 0;
    }

    @Override
    public String toString() {
        return "%,d requests (%,d failed while the node was away), %,d kills, %,d redeployments, %,d slow readers, %,d strangers, %,d hung, %,d wrong"
                .formatted(
                        requests.sum(),
                        failedByKill.sum(),
                        kills.sum(),
                        redeployments.sum(),
                        slowReaders.sum(),
                        strangers.sum(),
                        hung.sum(),
                        wrong.sum());
    }
}
