package dev.pier.erlang;

/// Is notified of changes of the nodes of peers: [ErlangNode#onPeer].
@FunctionalInterface
public interface PeerListener {
    /// A node of a peer has changed. May block; the next event waits. An exception is logged.
    ///
    /// Threads: a virtual thread; one call at a time for each registration, in the order of the events.
    void changed(PeerEvent event);
}
