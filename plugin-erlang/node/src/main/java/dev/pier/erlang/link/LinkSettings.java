package dev.pier.erlang.link;

import dev.pier.erlang.connection.ConnectionSettings;
import java.time.Duration;

/// How a node connects to its peers and lets them connect.
///
/// @param maxHandshakes how many incoming connections may be unauthenticated at once
/// @param connectTimeout how long an attempt to connect may take before the handshake begins
/// @param handshakeTimeout how long each step of a handshake may take
/// @param maxCalls how many calls and monitors may wait for one peer at once
/// @param maxNodes how many nodes may be connected before a further one that connects is refused, over all nodes of a
///     runtime
/// @param batching whether calls go through the call batcher of the peer
/// @param connection the limits of each connection
/// @param bulk the lanes to each peer
public record LinkSettings(
        int maxHandshakes,
        Duration connectTimeout,
        Duration handshakeTimeout,
        int maxCalls,
        int maxNodes,
        BatchingMode batching,
        ConnectionSettings connection,
        BulkSettings bulk) {
    /// 64 handshakes; 5 s to connect; 7 s for a step of the handshake (OTP: net_kernel.erl, `net_setuptime`);
    /// 10,000 calls; 1,000 nodes; batching where the peer has `pier_calls`.
    public static final LinkSettings DEFAULT = new LinkSettings(
            64,
            Duration.ofSeconds(5),
            Duration.ofSeconds(7),
            10_000,
            1_000,
            BatchingMode.PRESENT,
            ConnectionSettings.DEFAULT,
            BulkSettings.DEFAULT);

    public LinkSettings {
        if (maxHandshakes < 1
                || maxCalls < 1
                || maxNodes < 1
                || !connectTimeout.isPositive()
                || !handshakeTimeout.isPositive()) {
            throw new IllegalArgumentException("limits and timeouts must be above zero");
        }
    }

    public LinkSettings withMaxHandshakes(int max) {
        return new LinkSettings(max, connectTimeout, handshakeTimeout, maxCalls, maxNodes, batching, connection, bulk);
    }

    public LinkSettings withConnectTimeout(Duration timeout) {
        return new LinkSettings(
                maxHandshakes, timeout, handshakeTimeout, maxCalls, maxNodes, batching, connection, bulk);
    }

    public LinkSettings withHandshakeTimeout(Duration timeout) {
        return new LinkSettings(maxHandshakes, connectTimeout, timeout, maxCalls, maxNodes, batching, connection, bulk);
    }

    public LinkSettings withMaxCalls(int max) {
        return new LinkSettings(
                maxHandshakes, connectTimeout, handshakeTimeout, max, maxNodes, batching, connection, bulk);
    }

    public LinkSettings withMaxNodes(int max) {
        return new LinkSettings(
                maxHandshakes, connectTimeout, handshakeTimeout, maxCalls, max, batching, connection, bulk);
    }

    public LinkSettings withBatching(BatchingMode mode) {
        return new LinkSettings(
                maxHandshakes, connectTimeout, handshakeTimeout, maxCalls, maxNodes, mode, connection, bulk);
    }

    public LinkSettings withConnection(ConnectionSettings settings) {
        return new LinkSettings(
                maxHandshakes, connectTimeout, handshakeTimeout, maxCalls, maxNodes, batching, settings, bulk);
    }

    public LinkSettings withBulk(BulkSettings settings) {
        return new LinkSettings(
                maxHandshakes, connectTimeout, handshakeTimeout, maxCalls, maxNodes, batching, connection, settings);
    }
}
