package dev.pier.erlang.connection;

import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.etf.DecodeLimits;
import java.time.Duration;

/// The bounds of one connection.
///
/// @param netTickTime Erlang's `net_ticktime`, which must be the same on both sides: a peer that is silent for longer
///     (and a quarter) is taken for dead
/// @param maxFrame how many bytes one frame may have
/// @param fragments the bounds for messages that come in fragments
/// @param maxQueued how many bytes may wait to be written
/// @param decode the bounds for what is decoded
public record ConnectionSettings(
        Duration netTickTime, int maxFrame, FragmentLimits fragments, long maxQueued, DecodeLimits decode) {
    public static final ConnectionSettings DEFAULT = new ConnectionSettings(
            Duration.ofSeconds(60), 256 << 20, FragmentLimits.DEFAULT, 64L << 20, DecodeLimits.DEFAULT);
}
