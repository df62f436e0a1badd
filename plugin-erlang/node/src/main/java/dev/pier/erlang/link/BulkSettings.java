package dev.pier.erlang.link;

import java.time.Duration;

/// The further connections to each peer on which large replies come, one at a time on each.
///
/// @param lanes how many there may be to one peer
/// @param idle after how long an unused one is closed
/// @param unread after how long a stream is closed whose consumer takes nothing of what is there
/// @param window how many bytes of a reply may wait for its consumer
/// @param loadHelper whether the module `pier_stream` is loaded into peers that lack it
public record BulkSettings(int lanes, Duration idle, Duration unread, int window, boolean loadHelper) {
    public static final BulkSettings DEFAULT = new BulkSettings(4, Duration.ofSeconds(60), 1 << 20, false);

    public BulkSettings {
        if (lanes < 0 || window < 1 || !idle.isPositive() || !unread.isPositive()) {
            throw new IllegalArgumentException("limits are above zero");
        }
    }

    /// With five minutes for consumers.
    public BulkSettings(int lanes, Duration idle, int window, boolean loadHelper) {
        this(lanes, idle, Duration.ofMinutes(5), window, loadHelper);
    }
}
