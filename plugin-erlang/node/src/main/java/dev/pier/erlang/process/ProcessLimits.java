package dev.pier.erlang.process;

import dev.pier.erlang.internal.HeapShare;

/// The limits for links and incoming monitors of this node's processes.
///
/// @param links the maximum of links of one process
/// @param monitors the maximum of monitors of one peer on processes of this node
public record ProcessLimits(int links, int monitors) {
    /// 100,000 links and 1,000,000 monitors, on a small heap one for each 8 KiB and 4 KiB of it.
    public static final ProcessLimits DEFAULT =
            new ProcessLimits((int) HeapShare.atMost(100_000, 8 << 10), (int) HeapShare.atMost(1_000_000, 4 << 10));

    public ProcessLimits {
        if (links < 1 || monitors < 1) {
            throw new IllegalArgumentException("not positive: links " + links + ", monitors " + monitors);
        }
    }
}
