package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Bounds how many nodes are connected to all nodes of a runtime, because each of them takes two threads and
/// several file descriptors. Only nodes that connect by themselves are refused; a connection that this side
/// opens is not.
///
/// Threads: any thread may call.
final class ConnectedNodes {
    private final int max;
    private final Set<LinkTable> tables = ConcurrentHashMap.newKeySet();

    /// Held from the decision to the connection, so that two of them cannot take the last place.
    private final Object lock = new Object();

    ConnectedNodes(int max) {
        this.max = max;
    }

    int max() {
        return max;
    }

    void add(LinkTable links) {
        tables.add(links);
    }

    void remove(LinkTable links) {
        tables.remove(links);
    }

    /// Whether a node may connect: there is room, or it is connected already, or it is a configured peer.
    boolean admits(LinkTable links, NodeName node) {
        boolean known = links.find(node)
                .filter(link -> link.isPersistent() || link.current().isPresent())
                .isPresent();
        return known || count() < max;
    }

    /// Runs an action that connects a node, unless the node may not connect any more.
    ///
    /// @param connect must not block
    /// @return whether it ran
    boolean connect(LinkTable links, NodeName node, Runnable connect) {
        synchronized (lock) {
            boolean admitted = admits(links, node);
            if (admitted) {
                connect.run();
            }
            return admitted;
        }
    }

    private long count() {
        return tables.stream().mapToLong(LinkTable::connected).sum();
    }
}
