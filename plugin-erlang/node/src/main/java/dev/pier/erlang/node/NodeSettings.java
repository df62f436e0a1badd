package dev.pier.erlang.node;

import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.handshake.Cookie;
import dev.pier.erlang.link.AllowedNodes;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.process.ProcessLimits;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/// How a node is to be.
///
/// @param name the node's full name
/// @param listen where other nodes may connect, port 0 for any free one; empty if none may
/// @param allowed which nodes may
/// @param maxHandshakes how many connections may be unauthenticated at once
/// @param connectTimeout how long one attempt to connect may take before the handshake begins
/// @param handshakeStep how long each step of a handshake may take
/// @param maxCalls how many calls to one peer may be under way at once
/// @param callHelper whether calls go through a helper on the peer
/// @param connection the bounds of each connection
/// @param bulk the further connections for large replies
/// @param processes what others may tie to its processes
public record NodeSettings(
        NodeName name,
        Cookie cookie,
        Optional<InetSocketAddress> listen,
        AllowedNodes allowed,
        int maxHandshakes,
        Duration connectTimeout,
        Duration handshakeStep,
        int maxCalls,
        BatchingMode callHelper,
        ConnectionSettings connection,
        BulkSettings bulk,
        ProcessLimits processes) {
    /// `net_setuptime` of Erlang's kernel application.
    public static final Duration HANDSHAKE_STEP = Duration.ofSeconds(7);

    /// With [BulkSettings#DEFAULT] and [ProcessLimits#DEFAULT], and without a helper for calls.
    public NodeSettings(
            NodeName name,
            Cookie cookie,
            Optional<InetSocketAddress> listen,
            AllowedNodes allowed,
            int maxHandshakes,
            Duration connectTimeout,
            Duration handshakeStep,
            int maxCalls,
            ConnectionSettings connection) {
        this(
                name,
                cookie,
                listen,
                allowed,
                maxHandshakes,
                connectTimeout,
                handshakeStep,
                maxCalls,
                BatchingMode.NEVER,
                connection,
                BulkSettings.DEFAULT,
                ProcessLimits.DEFAULT);
    }

    /// The same for a node of another name on the same host, at a port of its own.
    public NodeSettings withAlive(String alive) {
        return new NodeSettings(
                new NodeName(alive, name.host()),
                cookie,
                listen.map(address -> new InetSocketAddress(address.getAddress(), 0)),
                allowed,
                maxHandshakes,
                connectTimeout,
                handshakeStep,
                maxCalls,
                callHelper,
                connection,
                bulk,
                processes);
    }
}
