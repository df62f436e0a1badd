package dev.pier.erlang.link;

import dev.pier.erlang.internal.HeapShare;
import java.time.Duration;

/// The settings of streams: those that share the connection to their peer, and those on lanes, further connections
/// that carry one stream each.
///
/// @param lanes how many there may be to one peer
/// @param idle after how long an unused one is closed
/// @param unread after how long a stream is closed whose consumer does not read what has arrived
/// @param stall the same for a stream on a lane, while all lanes are in use and another stream waits for one
/// @param window how many bytes of a reply may wait for its consumer
/// @param bytes how many bytes the streams of all peers that share connections may take together
/// @param perClient how many of them one client may have; 0 for half of those that `bytes` allows
/// @param loadProducer whether the module `pier_stream` is loaded into peers that lack it
public record BulkSettings(
        int lanes,
        Duration idle,
        Duration unread,
        Duration stall,
        int window,
        long bytes,
        int perClient,
        boolean loadProducer) {
    /// 32 lanes, closed after a minute; 5 minutes unread, 2 s while another stream waits; windows of 1 MiB, and 256
    /// MiB, at most a quarter of the heap, for all streams that share connections.
    public static final BulkSettings DEFAULT = new BulkSettings(
            32,
            Duration.ofSeconds(60),
            Duration.ofMinutes(5),
            Duration.ofSeconds(2),
            1 << 20,
            HeapShare.atMost(256L << 20, 4),
            0,
            false);

    public BulkSettings {
        if (lanes < 0
                || window < 1
                || bytes < 1
                || perClient < 0
                || !idle.isPositive()
                || !unread.isPositive()
                || !stall.isPositive()) {
            throw new IllegalArgumentException("limits and times must be above zero");
        }
    }

    public BulkSettings withLanes(int number) {
        return new BulkSettings(number, idle, unread, stall, window, bytes, perClient, loadProducer);
    }

    public BulkSettings withIdle(Duration duration) {
        return new BulkSettings(lanes, duration, unread, stall, window, bytes, perClient, loadProducer);
    }

    public BulkSettings withUnread(Duration duration) {
        return new BulkSettings(lanes, idle, duration, stall, window, bytes, perClient, loadProducer);
    }

    public BulkSettings withStall(Duration duration) {
        return new BulkSettings(lanes, idle, unread, duration, window, bytes, perClient, loadProducer);
    }

    public BulkSettings withBytes(long number) {
        return new BulkSettings(lanes, idle, unread, stall, window, number, perClient, loadProducer);
    }

    public BulkSettings withPerClient(int number) {
        return new BulkSettings(lanes, idle, unread, stall, window, bytes, number, loadProducer);
    }

    public BulkSettings withLoadProducer(boolean load) {
        return new BulkSettings(lanes, idle, unread, stall, window, bytes, perClient, load);
    }
}
