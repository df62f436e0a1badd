package dev.pier.erlang.served;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.RateLimitedLog;
import dev.pier.erlang.term.Atom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// Limits the served calls that run at once, over all nodes of the server. Each call has a virtual thread.
///
/// The number of calls is limited for each peer, the memory of their requests for all peers together. A peer
/// may take as much memory as it leaves free: alone it gets half of it, and each further peer finds room,
/// however many calls the others make.
///
/// Threads: any. The lock guards the counters.
public final class CallLimiter {
    private static final RateLimitedLog warnings = new RateLimitedLog(LoggerFactory.getLogger(CallLimiter.class));

    /// In bytes: the memory of a call besides its request, for a thread, a process and entries in tables.
    private static final int OVERHEAD = 4 << 10;

    private final ServedLimits limits;
    private final Object lock = new Object();

    /// The peers with running calls. Guarded by `lock`, as all that follow.
    private final Map<Atom, Usage> peers = new HashMap<>();

    private int running;
    private long bytes;

    private static final class Usage {
        private int calls;
        private long bytes;
    }

    public CallLimiter(ServedLimits limits) {
        this.limits = limits;
    }

    /// The maximum of calls of one peer that run at once.
    public int max() {
        return limits.calls();
    }

    /// The number of running calls.
    public int running() {
        synchronized (lock) {
            return running;
        }
    }

    /// How many bytes of memory the running calls are counted for.
    public long bytes() {
        synchronized (lock) {
            return bytes;
        }
    }

    /// A thread for a call, not started yet. Its place is free again when it ends.
    ///
    /// @param peer the node that calls
    /// @param request what the call retains
    /// @return `null` if a limit is reached
    @Nullable
    Thread tryReserve(String name, Atom peer, EncodedTerm request, Runnable work) {
        long cost = OVERHEAD + request.retainedBytes();
        String exceeded = enter(peer, cost);
        if (exceeded != null) {
            warnings.warn("Rejected a call of " + peer.name() + ": " + exceeded);
            return null;
        }
        return Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                work.run();
            } finally {
                leave(peer, cost);
            }
        });
    }

    /// @return the limit that refuses the call; `null` if it may run
    private @Nullable String enter(Atom peer, long cost) {
        synchronized (lock) {
            Usage usage = peers.get(peer);
            if (usage != null && usage.calls >= limits.calls()) {
                return limits.calls() + " of its calls are running (setting erlang.limits.served)";
            }
            long used = usage == null ? 0 : usage.bytes;
            // A single call may be larger than the limit.
            if (bytes > 0 && used + cost > limits.bytes() - bytes) {
                return "its running calls would retain more than they leave free of " + limits.bytes()
                        + " bytes (setting erlang.limits.served-bytes)";
            }
            if (usage == null) {
                usage = new Usage();
                peers.put(peer, usage);
            }
            usage.calls++;
            usage.bytes += cost;
            running++;
            bytes += cost;
            return null;
        }
    }

    private void leave(Atom peer, long cost) {
        synchronized (lock) {
            running--;
            bytes -= cost;
            peers.computeIfPresent(peer, (_, usage) -> {
                usage.calls--;
                usage.bytes -= cost;
                return usage.calls == 0 ? null : usage;
            });
        }
    }
}
