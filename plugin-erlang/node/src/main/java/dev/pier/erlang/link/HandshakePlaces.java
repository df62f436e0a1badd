package dev.pier.erlang.link;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The places for incoming connections that have not yet proved the cookie. Strangers can take them all, but
/// keep none from a peer: when no place is free, the source with the most places gives one up. Of its
/// connections the oldest that has sent nothing goes, else the oldest that takes longer than [#USUAL].
///
/// A source is an IPv4 address, or an IPv6 network of 64 bits, of which one host has all addresses.
///
/// Threads: any thread may call.
final class HandshakePlaces {
    /// Ample for a handshake with a distant peer, which is four packets.
    static final Duration USUAL = Duration.ofSeconds(1);

    /// In bytes.
    private static final int IPV6_NETWORK = 8;

    private final int max;
    private final LongSupplier clock;
    private final Object lock = new Object();

    /// In the order of their arrival. Guarded by `lock`.
    private final Set<Place> taken = new LinkedHashSet<>();

    /// @param clock in nanoseconds
    HandshakePlaces(int max, LongSupplier clock) {
        this.max = max;
        this.clock = clock;
    }

    /// The place of one connection.
    final class Place {
        private final ByteBuffer source;
        private final Runnable close;
        private final long since = clock.getAsLong();

        /// Guarded by `lock`.
        private boolean silent = true;

        private Place(ByteBuffer source, Runnable close) {
            this.source = source;
            this.close = close;
        }

        /// The peer has sent its name.
        void spoke() {
            synchronized (lock) {
                silent = false;
            }
        }

        /// The handshake has ended. Idempotent.
        void leave() {
            synchronized (lock) {
                taken.remove(this);
            }
        }

        private boolean isSlow() {
            return clock.getAsLong() - since > USUAL.toNanos();
        }
    }

    /// Takes a place for a connection, and closes another one for it if necessary.
    ///
    /// @param close closes the connection if it has to make room; must not block
    /// @return `null` if no other connection has to make room
    @Nullable
    Place take(InetAddress from, Runnable close) {
        Place fresh = new Place(source(from), close);
        Place evicted = null;
        synchronized (lock) {
            if (taken.size() >= max) {
                evicted = evictable(fresh.source);
                if (evicted == null) {
                    return null;
                }
                taken.remove(evicted);
            }
            taken.add(fresh);
        }
        if (evicted != null) {
            evicted.close.run();
        }
        return fresh;
    }

    /// @param newcomer the source that needs a place. It takes one of another source only if that has no fewer then
    private @Nullable Place evictable(ByteBuffer newcomer) {
        Map<ByteBuffer, Integer> places = new HashMap<>();
        taken.forEach(place -> places.merge(place.source, 1, Integer::sum));
        int wanted = places.getOrDefault(newcomer, 0) + 1;
        return taken.stream()
                .filter(place -> place.silent || place.isSlow())
                .filter(place -> place.source.equals(newcomer) || places.getOrDefault(place.source, 0) >= wanted)
                .min(Comparator.comparingInt((Place place) -> -places.getOrDefault(place.source, 0))
                        .thenComparing(place -> !place.silent))
                .orElse(null);
    }

    private static ByteBuffer source(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? bytes.limit(IPV6_NETWORK) : bytes;
    }
}
