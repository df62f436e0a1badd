package dev.pier.erlang.connection;

/// Sums over several connections to one peer.
///
/// @param connections how many there have been
public record TrafficTotals(long connections, long bytesIn, long bytesOut) {
    public static final TrafficTotals NONE = new TrafficTotals(0, 0, 0);

    /// How often the connection has been established again after a loss.
    public long reconnects() {
        return Math.max(0, connections - 1);
    }

    /// With one connection more.
    public TrafficTotals connected() {
        return new TrafficTotals(connections + 1, bytesIn, bytesOut);
    }

    /// With the bytes of a connection that has ended.
    public TrafficTotals ended(ConnectionStats stats) {
        return new TrafficTotals(connections, bytesIn + stats.bytesIn(), bytesOut + stats.bytesOut());
    }
}
