package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.Peer;
import java.util.Optional;

/// Knows whether a mount can be served, and counts its responses. Safe for all threads.
public interface MountObserver {
    /// Neither refuses nor counts.
    MountObserver NONE = new MountObserver() {};

    /// Why no request can be served now, for the log; empty if requests may be passed on. Called for each
    /// request.
    default Optional<String> failure() {
        return Optional.empty();
    }

    /// The peer for a request: the whole of it, or one of its nodes, if others cannot serve the mount.
    default Peer choose(Peer peer) {
        return peer;
    }

    /// A request has been answered.
    ///
    /// @param status of the response
    default void answered(int status) {}
}
