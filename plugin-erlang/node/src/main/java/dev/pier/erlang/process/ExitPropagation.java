package dev.pier.erlang.process;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The end of a process can end those that are linked with it, and so on. The steps run one after the other on the
/// thread that began, rather than inside each other, so that a long chain of links needs no deep stack.
final class ExitPropagation {
    private static final ThreadLocal<@Nullable ArrayDeque<Runnable>> PENDING = new ThreadLocal<>();

    private ExitPropagation() {}

    /// Runs the step now, or after those that this thread is in the middle of.
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
