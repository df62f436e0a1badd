package dev.pier.erlang.link;

import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.handshake.Cookie;
import java.time.Duration;

/// How a node connects to its peers and lets them connect.
///
/// @param cookie the secret that this node shares with all its peers
/// @param maxHandshakes how many incoming connections may be unauthenticated at once
/// @param connectTimeout how long an attempt to connect may take before the handshake begins
/// @param handshakeTimeout how long each step of a handshake may take
/// @param maxCalls how many calls and monitors may wait for one peer at once
/// @param batching whether calls go through the call batcher of the peer
/// @param connection the limits of each connection
/// @param bulk the lanes to each peer
public record LinkSettings(
        Cookie cookie,
        int maxHandshakes,
        Duration connectTimeout,
        Duration handshakeTimeout,
        int maxCalls,
        BatchingMode batching,
        ConnectionSettings connection,
        BulkSettings bulk) {
    public static final int DEFAULT_MAX_HANDSHAKES = 64;
    public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /// OTP: net_kernel.erl, `net_setuptime`.
    public static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(7);

    public static final int DEFAULT_MAX_CALLS = 10_000;
    public static final BatchingMode DEFAULT_BATCHING = BatchingMode.PRESENT;

    public LinkSettings {
        if (maxHandshakes < 1 || maxCalls < 1 || !connectTimeout.isPositive() || !handshakeTimeout.isPositive()) {
            throw new IllegalArgumentException("limits and timeouts must be above zero");
        }
    }

    /// The defaults with this cookie.
    public static LinkSettings of(Cookie cookie) {
        return new LinkSettings(
                cookie,
                DEFAULT_MAX_HANDSHAKES,
                DEFAULT_CONNECT_TIMEOUT,
                DEFAULT_HANDSHAKE_TIMEOUT,
                DEFAULT_MAX_CALLS,
                DEFAULT_BATCHING,
                ConnectionSettings.DEFAULT,
                BulkSettings.DEFAULT);
    }

    public LinkSettings withBatching(BatchingMode mode) {
        return new LinkSettings(
                cookie, maxHandshakes, connectTimeout, handshakeTimeout, maxCalls, mode, connection, bulk);
    }
}
