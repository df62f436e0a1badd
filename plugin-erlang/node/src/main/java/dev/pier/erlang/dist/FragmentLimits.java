package dev.pier.erlang.dist;

import dev.pier.erlang.internal.HeapShare;

/// Limits for messages that arrive in fragments. They count bytes that have arrived, not bytes that were announced.
///
/// @param sequences how many messages may be incomplete at once; one more ends the connection
/// @param messageBytes how many bytes a message may have; only a longer one is discarded
/// @param totalBytes how many bytes all incomplete messages may have together; only the message that exceeds it is
///     discarded
public record FragmentLimits(int sequences, long messageBytes, long totalBytes) {
    /// 1000 messages; 256 MiB each and 512 MiB together, on a small heap an eighth and a quarter of it.
    public static final FragmentLimits DEFAULT =
            new FragmentLimits(1000, HeapShare.atMost(256L << 20, 8), HeapShare.atMost(512L << 20, 4));

    public FragmentLimits {
        if (sequences < 1 || messageBytes < 1 || totalBytes < 1) {
            throw new IllegalArgumentException("fragment limits must be above zero");
        }
    }
}
