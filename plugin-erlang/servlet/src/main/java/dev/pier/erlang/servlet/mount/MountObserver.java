package dev.pier.erlang.servlet.mount;

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

    /// A request has been answered.
    ///
    /// @param status of the response
    default void answered(int status) {}
}
