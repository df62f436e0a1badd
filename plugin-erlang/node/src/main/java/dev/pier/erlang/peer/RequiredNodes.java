package dev.pier.erlang.peer;

import dev.pier.erlang.PeerStatus;
import java.util.List;

/// How many nodes of a peer must be connected, so that a health check of the peer succeeds.
public enum RequiredNodes {
    NONE,
    /// One that takes calls.
    ANY,
    ALL;

    /// Whether enough nodes are connected.
    ///
    /// @param nodes the state of each node of the peer
    public boolean areConnected(List<PeerStatus> nodes) {
        return switch (this) {
            case NONE -> true;
            case ANY -> nodes.stream().anyMatch(status -> status.state() == PeerStatus.State.CONNECTED);
            case ALL -> !nodes.isEmpty() && nodes.stream().allMatch(PeerStatus::isConnected);
        };
    }
}
