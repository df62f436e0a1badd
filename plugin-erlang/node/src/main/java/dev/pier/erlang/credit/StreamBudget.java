package dev.pier.erlang.credit;

import dev.pier.erlang.Overloaded;
import java.util.HashSet;
import java.util.Set;

/// The memory that the streams of a runtime may take together, over all peers.
///
/// Half of it is set aside for the streams, two first windows each, which bounds their number. Two, because a row may
/// exceed the window, and small rows retain more memory than their bytes. The other half is for what streams
/// need beyond that: larger windows, and rows that are larger than the window. One peer may take as much of it as
/// it leaves free, so its streams cannot take that of other peers.
///
/// Threads: any thread may call; the readers of connections do. The lock guards counters only.
public final class StreamBudget {
    /// In bytes: the window that each stream starts with.
    public static final int FIRST_WINDOW = 64 << 10;

    private static final int SET_ASIDE = 2 * FIRST_WINDOW;

    private final int maxStreams;
    private final int maxPerClient;
    private final long maxExtra;
    private final ClientShares clients;
    private final Object lock = new Object();

    /// Guarded by `lock`.
    private int streams;

    /// Guarded by `lock`.
    private long extra;

    /// @param bytes for all streams together, at least 256 KiB
    /// @param maxPerClient how many streams one client may have; 0 for half of all
    public StreamBudget(long bytes, int maxPerClient, ClientShares clients) {
        this.maxStreams = Math.clamp(bytes / 2 / SET_ASIDE, 1, Integer.MAX_VALUE);
        this.maxPerClient = maxPerClient > 0 ? maxPerClient : Math.max(1, maxStreams / 2);
        this.maxExtra = bytes / 2;
        this.clients = clients;
    }

    /// The number of streams that are open now.
    public int streams() {
        synchronized (lock) {
            return streams;
        }
    }

    /// How many bytes all streams take beyond what is set aside for them.
    public long extra() {
        synchronized (lock) {
            return extra;
        }
    }

    /// The share of one peer.
    ///
    /// @param maxGrowth by how many bytes the windows of all its streams may grow together, as far as they are not
    ///     in buffers of this side: so much more may be under way on the connection
    public Peer peer(long maxGrowth) {
        return new Peer(maxGrowth);
    }

    /// The streams of one peer.
    public final class Peer {
        private final long maxGrowth;
        private final ClientShares laneClients = clients.fresh();

        /// Guarded by `lock`, as all that follow.
        private final Set<Share> shares = new HashSet<>();

        private long taken;

        private Peer(long maxGrowth) {
            this.maxGrowth = maxGrowth;
        }

        /// The number of open streams.
        public int open() {
            synchronized (lock) {
                return shares.size();
            }
        }

        /// Counts the streams that each client has on lanes.
        public ClientShares laneClients() {
            return laneClients;
        }

        /// Opens a stream for the client that the calling thread works for.
        ///
        /// @throws Overloaded if there is no room for its window, or the client has too many streams
        public Share enter() {
            Runnable leave = clients.enter(maxPerClient, "erlang.bulk.streams-per-client");
            synchronized (lock) {
                if (streams < maxStreams) {
                    streams++;
                    Share share = new Share(this, leave);
                    shares.add(share);
                    return share;
                }
            }
            leave.run();
            throw new Overloaded("too many streams: " + maxStreams + " are open (setting erlang.bulk.bytes)");
        }

        /// How many bytes beyond the first windows may be under way. To be called with the lock.
        private long underWay() {
            return shares.stream().mapToLong(Share::underWay).sum();
        }

        /// Takes more memory, or gives some back. To be called with the lock.
        private boolean take(long bytes) {
            if (bytes > 0 && taken + bytes > maxExtra - extra) {
                return false;
            }
            taken += bytes;
            extra += bytes;
            return true;
        }
    }

    /// The share of one stream.
    ///
    /// Threads: the consumer lets the window grow, the reader holds bytes, any thread closes.
    public final class Share {
        private final Peer peer;
        private final Runnable leave;

        /// Written with `lock`.
        private volatile int window = FIRST_WINDOW;

        /// Beyond the window and what is set aside. Written with `lock`.
        private volatile long beyond;

        private volatile long held;

        private boolean closed;

        private Share(Peer peer, Runnable leave) {
            this.peer = peer;
            this.leave = leave;
        }

        /// In bytes: how much of the stream may be under way or wait for its consumer.
        public int window() {
            return window;
        }

        /// Doubles the window, up to a maximum, if there is memory for that.
        ///
        /// @return by how many bytes it has grown
        public int grow(int max) {
            synchronized (lock) {
                int more = Math.min(window, max - window);
                if (more <= 0 || closed || peer.underWay() + more > peer.maxGrowth || !peer.take(more)) {
                    return 0;
                }
                window += more;
                return more;
            }
        }

        /// Says how many bytes wait for the consumer. Only those beyond the window and what is set aside are counted.
        ///
        /// @return false if there is no memory for them; what was held before stays
        public boolean hold(long bytes) {
            held = bytes;
            if (bytes <= covered() && beyond == 0) {
                return true;
            }
            synchronized (lock) {
                long needed = closed ? 0 : Math.max(0, bytes - covered());
                if (!peer.take(needed - beyond)) {
                    return false;
                }
                beyond = needed;
                return true;
            }
        }

        /// Bytes that wait for a slow consumer are not under way.
        private long underWay() {
            return Math.max(0, window - FIRST_WINDOW - held);
        }

        private int covered() {
            return window - FIRST_WINDOW + SET_ASIDE;
        }

        /// Gives everything back. Idempotent.
        public void close() {
            synchronized (lock) {
                if (closed) {
                    return;
                }
                closed = true;
                long given = window - FIRST_WINDOW + beyond;
                peer.taken -= given;
                extra -= given;
                beyond = 0;
                streams--;
                peer.shares.remove(this);
            }
            leave.run();
        }
    }
}
