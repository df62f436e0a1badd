package dev.pier.erlang.connection;

import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.internal.HeapShare;
import java.time.Duration;

/// The limits of one connection.
///
/// @param netTickTime Erlang's `net_ticktime`, which must be the same on both sides: a peer that is silent for 5/4 of
///     it is considered dead
/// @param maxFrame how many bytes one received frame may have
/// @param fragments the limits for messages that arrive in fragments
/// @param maxQueued how many bytes may wait to be written
/// @param decode the limits for decoding terms
public record ConnectionSettings(
        Duration netTickTime, int maxFrame, FragmentLimits fragments, long maxQueued, DecodeLimits decode) {
    /// As `server.conf` has it: frames of 256 MiB and a queue of 64 MiB, on a small heap an eighth and a sixteenth of
    /// it.
    public static final ConnectionSettings DEFAULT = new ConnectionSettings(
            Duration.ofSeconds(60),
            (int) HeapShare.atMost(256L << 20, 8),
            FragmentLimits.DEFAULT,
            HeapShare.atMost(64L << 20, 16),
            DecodeLimits.DEFAULT);
}
