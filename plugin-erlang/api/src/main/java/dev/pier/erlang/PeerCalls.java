package dev.pier.erlang;

import java.time.Duration;

/// Statistics of the calls to a peer, those of all web applications together. A stream counts as a call that ends
/// when its answer begins.
///
/// @param ended how many have ended since the server began, in whatever way
/// @param failed how many of these without an answer
/// @param median half of the latest 1024 that were answered took no longer; zero if none was
/// @param p90 nine in ten of them took no longer
/// @param p99 ninety-nine in a hundred of them took no longer
public record PeerCalls(long ended, long failed, Duration median, Duration p90, Duration p99) {
    /// No calls at all.
    public static final PeerCalls NONE = new PeerCalls(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);
}
