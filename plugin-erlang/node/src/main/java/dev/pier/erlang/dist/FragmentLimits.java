package dev.pier.erlang.dist;

/// Bounds for messages that arrive in fragments. Counted is what has arrived, never what was announced.
///
/// @param sequences how many messages may be unfinished at once; one more closes the connection
/// @param messageBytes how long one message may become; a longer one is dropped alone
/// @param totalBytes how much all unfinished messages may take together; the one that goes beyond is dropped alone
public record FragmentLimits(int sequences, long messageBytes, long totalBytes) {
    public static final FragmentLimits DEFAULT = new FragmentLimits(1000, 256L << 20, 512L << 20);

    public FragmentLimits {
        if (sequences < 1 || messageBytes < 1 || totalBytes < 1) {
            throw new IllegalArgumentException("limits are above zero");
        }
    }
}
