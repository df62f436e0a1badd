package dev.pier.erlang.testing;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;

/// The one host of all nodes in tests, and names that no other node has.
public final class TestHost {
    /// The host part of every node name. Erlang takes it as a short name, and it resolves everywhere.
    public static final String NAME = "localhost";

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private TestHost() {}

    /// The loopback address, which all test sockets are bound to.
    public static InetAddress address() {
        return InetAddress.getLoopbackAddress();
    }

    /// A name without host that is unique on this machine: the prefix, this process's id and a count.
    public static String uniqueName(String prefix) {
        return prefix + "_" + ProcessHandle.current().pid() + "_" + COUNTER.incrementAndGet();
    }

    /// The full node name for a name without host.
    public static String nodeName(String name) {
        return name + "@" + NAME;
    }
}
