package dev.pier.erlang.dist;

/// Limits for messages that arrive in fragments. They count bytes that have arrived, not bytes that were announced.
///
/// @param sequences how many messages may be incomplete at once; one more ends the connection
/// @param messageBytes how many bytes a message may have; only a longer one is discarded
/// @param totalBytes how many bytes all incomplete messages may have together; only the message that exceeds it is
///     discarded
public record FragmentLimits(int sequences, long messageBytes, long totalBytes) {
    public static final FragmentLimits DEFAULT = new FragmentLimits(1000, 256L << 20, 512L << 20);

    public FragmentLimits {
        if (sequences < 1 || messageBytes < 1 || totalBytes < 1) {
            throw new IllegalArgumentException("fragment limits must be above zero");
        }
    }
}
