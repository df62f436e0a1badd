package dev.pier.erlang.link;

import java.time.Duration;

/// The settings of the lanes to each peer: further connections for large replies, one stream at a time on each.
///
/// @param lanes how many there may be to one peer
/// @param idle after how long an unused one is closed
/// @param unread after how long a stream is closed whose consumer does not read what has arrived
/// @param window how many bytes of a reply may wait for its consumer
/// @param loadProducer whether the module `pier_stream` is loaded into peers that lack it
public record BulkSettings(int lanes, Duration idle, Duration unread, int window, boolean loadProducer) {
    public static final BulkSettings DEFAULT =
            new BulkSettings(4, Duration.ofSeconds(60), Duration.ofMinutes(5), 1 << 20, false);

    public BulkSettings {
        if (lanes < 0 || window < 1 || !idle.isPositive() || !unread.isPositive()) {
            throw new IllegalArgumentException("limits and times must be above zero");
        }
    }

    public BulkSettings withLanes(int number) {
        return new BulkSettings(number, idle, unread, window, loadProducer);
    }

    public BulkSettings withIdle(Duration duration) {
        return new BulkSettings(lanes, duration, unread, window, loadProducer);
    }

    public BulkSettings withUnread(Duration duration) {
        return new BulkSettings(lanes, idle, duration, window, loadProducer);
    }

    public BulkSettings withLoadProducer(boolean load) {
        return new BulkSettings(lanes, idle, unread, window, load);
    }
}
