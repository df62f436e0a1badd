package dev.pier.erlang.node;

import java.time.Duration;

/// The further connections to each peer on which large replies come, one at a time on each.
///
/// @param lanes how many there may be to one peer
/// @param idle after how long an unused one is closed
/// @param window how many bytes of a reply may wait for its consumer
/// @param loadHelper whether the module `pier_stream` is loaded into peers that lack it
public record BulkSettings(int lanes, Duration idle, int window, boolean loadHelper) {
    public static final BulkSettings DEFAULT = new BulkSettings(4, Duration.ofSeconds(60), 1 << 20, false);

    public BulkSettings {
        if (lanes < 0 || window < 1 || !idle.isPositive()) {
            throw new IllegalArgumentException("limits are above zero");
        }
    }
}
