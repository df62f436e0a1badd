package dev.pier.erlang.served;

import dev.pier.erlang.internal.HeapShare;

/// The limits on served calls that run at once, over all nodes of the server.
///
/// @param calls the maximum of calls of one peer
/// @param bytes the maximum of memory that the requests of all calls retain. One peer may take as much as it leaves
/// free
public record ServedLimits(int calls, long bytes) {
    /// 10,000 calls and 128 MiB, on a small heap an eighth of it.
    public static final ServedLimits DEFAULT = new ServedLimits(10_000, HeapShare.atMost(128L << 20, 8));

    public ServedLimits {
        if (calls < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "the limits on served calls must be above zero, not " + calls + " calls and " + bytes + " bytes");
        }
    }

    public ServedLimits withCalls(int max) {
        return new ServedLimits(max, bytes);
    }

    public ServedLimits withBytes(long max) {
        return new ServedLimits(calls, max);
    }
}
