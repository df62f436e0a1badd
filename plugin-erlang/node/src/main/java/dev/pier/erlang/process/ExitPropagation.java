package dev.pier.erlang.process;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Runs the steps of an exit signal that spreads over process links. The end of one process can end those linked with
/// it, and so on; the steps run one after the other instead of nested, so that a long chain needs no deep stack.
///
/// Threads: each thread runs its own steps.
final class ExitPropagation {
    private static final ThreadLocal<@Nullable ArrayDeque<Runnable>> PENDING = new ThreadLocal<>();

    private ExitPropagation() {}

    /// Runs the step now, or after the steps that this thread is already running.
    static void run(Runnable step) {
        ArrayDeque<Runnable> pending = PENDING.get();
        if (pending != null) {
            pending.add(step);
            return;
        }
        pending = new ArrayDeque<>();
        PENDING.set(pending);
        try {
            for (Runnable next = step; next != null; next = pending.poll()) {
                next.run();
            }
        } finally {
            PENDING.remove();
        }
    }
}
