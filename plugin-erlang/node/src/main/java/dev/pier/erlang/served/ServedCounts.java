package dev.pier.erlang.served;

import java.util.concurrent.atomic.LongAdder;

/// Counts the calls of one served function.
///
/// Threads: any.
final class ServedCounts {
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /// Counts a call that has returned.
    void returned() {
        ended.increment();
    }

    /// Counts a call that has thrown.
    void failed() {
        ended.increment();
        failed.increment();
    }

    ServedStatus of(String function) {
        // In this order: a call that ends meanwhile is not failed without having ended.
        long bad = failed.sum();
        return new ServedStatus(function, ended.sum(), bad);
    }
}
