package dev.pier.erlang.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The sources of something endless, such as a response of server-sent events: mailboxes and producers' rows.
/// They end when their application begins to drain, or the server to stop.
///
/// *Threads.* Any.
public final class EndlessUses {
    /// A source that ends on demand.
    public interface Use {
        /// Ends the source. Idempotent. Never blocks.
        void endAtStop();

        /// Whether the source has ended, for any reason.
        boolean isOver();
    }

    private final @Nullable EndlessUses outer;
    private final Set<Use> uses = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /// The uses of a runtime.
    public EndlessUses() {
        this(null);
    }

    private EndlessUses(@Nullable EndlessUses outer) {
        this.outer = outer;
    }

    /// The uses of one application, which end with those of the runtime too.
    public EndlessUses ofApplication() {
        return new EndlessUses(this);
    }

    public void add(Use use) {
        if (outer != null) {
            outer.add(use);
        }
        uses.add(use);
        // stop() sets `stopping` before it goes through the set, so one of the two sees the other.
        if (stopping) {
            use.endAtStop();
        }
        if (use.isOver()) {
            remove(use);
        }
    }

    public void remove(Use use) {
        uses.remove(use);
        if (outer != null) {
            outer.remove(use);
        }
    }

    /// Ends the uses, and those that are added later. Idempotent.
    public void stop() {
        stopping = true;
        uses.forEach(Use::endAtStop);
    }
}
