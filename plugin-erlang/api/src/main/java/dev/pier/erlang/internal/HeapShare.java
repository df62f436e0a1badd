package dev.pier.erlang.internal;

/// Default limits of bytes that fit into a small heap: one peer that reaches them must not exhaust it.
public final class HeapShare {
    private HeapShare() {}

    /// The number of bytes, or one `part` of the largest heap if that is less.
    public static long atMost(long bytes, int part) {
        return Math.min(bytes, Runtime.getRuntime().maxMemory() / part);
    }
}
