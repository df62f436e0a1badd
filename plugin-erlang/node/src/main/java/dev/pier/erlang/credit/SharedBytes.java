package dev.pier.erlang.credit;

import dev.pier.erlang.term.Atom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Memory that all peers share, such as that of all mailboxes. A peer may take as much as it leaves free: alone it gets
/// half of it, and each further peer finds room, however much the others send.
///
/// Threads: any thread may call; the readers of connections do. Two that call at the same moment may together exceed
/// the limit by one message.
public final class SharedBytes {
    private final long max;
    private final AtomicLong total = new AtomicLong();
    private final ConcurrentHashMap<Atom, Long> peers = new ConcurrentHashMap<>();

    /// @param max in bytes
    public SharedBytes(long max) {
        this.max = max;
    }

    public long max() {
        return max;
    }

    /// How many bytes are taken.
    public long total() {
        return total.get();
    }

    /// Takes bytes for a peer.
    ///
    /// @return false if the peer would take more than it leaves free; a single message may be larger than the limit
    public boolean take(Atom peer, long bytes) {
        if (bytes == 0) {
            return true;
        }
        long all = total.get();
        long used = all == 0 ? 0 : peers.getOrDefault(peer, 0L);
        if (all > 0 && used + bytes > max - all) {
            return false;
        }
        total.addAndGet(bytes);
        peers.merge(peer, bytes, Long::sum);
        return true;
    }

    /// Gives bytes back that were taken for a peer.
    public void give(Atom peer, long bytes) {
        if (bytes > 0) {
            total.addAndGet(-bytes);
            peers.computeIfPresent(peer, (_, used) -> used == bytes ? null : used - bytes);
        }
    }
}
