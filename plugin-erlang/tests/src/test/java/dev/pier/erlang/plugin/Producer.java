package dev.pier.erlang.plugin;

import dev.pier.erlang.testing.ErlangPeer;

/// A process of a suite that sends without end, and counts its blocks in its dictionary.
///
/// @param name under which it is registered
record Producer(ErlangPeer erlang, String name) {
    /// Whether it has sent something, and waits for credit.
    boolean isWaiting() {
        long before = blocks();
        return before > 0
                && erlang.eval("process_info(whereis(" + name + "), status)").equals("{status,waiting}")
                && before == blocks();
    }

    /// How many blocks it has made; 0 before it is registered.
    long blocks() {
        return Long.parseLong(erlang.eval("case whereis(" + name + ") of undefined -> 0; Pid -> "
                + "proplists:get_value(blocks, element(2, process_info(Pid, dictionary)), 0) end"));
    }

    boolean hasEnded() {
        return erlang.eval("whereis(" + name + ")").equals("undefined");
    }

    /// The bytes that the node uses after a garbage collection of all its processes.
    static long memory(ErlangPeer erlang) {
        return Long.parseLong(erlang.eval("[erlang:garbage_collect(P) || P <- processes()], erlang:memory(total)"));
    }
}
