package dev.pier.erlang.link;

import dev.pier.erlang.PeerStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/// The states of a [PeerLink], each with the data that exists only in it.
sealed interface LinkState {
    /// Not connected, and no attempt is planned.
    record Idle() implements LinkState {}

    /// An attempt to connect is running.
    ///
    /// @param arrival completed with the connection, whichever side opened it, or with the failure
    record Connecting(DialAttempt attempt, CompletableFuture<Session> arrival) implements LinkState {}

    record Connected(Session session) implements LinkState {}

    /// The connection was lost or an attempt failed. The next attempt is planned.
    record Waiting(Future<?> retry) implements LinkState {}

    /// The peer and this node do not accept each other. The next attempt, or the return to [Idle], is planned.
    record Refused(Future<?> retry) implements LinkState {}

    /// This node has been stopped.
    record Closed() implements LinkState {}

    default PeerStatus.State status() {
        return switch (this) {
            case Idle _ -> PeerStatus.State.IDLE;
            case Connecting _ -> PeerStatus.State.CONNECTING;
            case Connected _ -> PeerStatus.State.CONNECTED;
            case Waiting _ -> PeerStatus.State.WAITING;
            case Refused _ -> PeerStatus.State.REFUSED;
            case Closed _ -> PeerStatus.State.CLOSED;
        };
    }

    /// Ends the connection or the attempt, once the link has left this state. Must not be called with the
    /// link's lock.
    default void end(String reason) {
        switch (this) {
            case Connecting(DialAttempt attempt, CompletableFuture<Session> arrival) -> {
                attempt.cancel();
                arrival.completeExceptionally(DialFailure.away(reason, null));
            }
            case Connected(Session session) -> session.close(reason);
            case Idle _, Waiting _, Refused _, Closed _ -> {} // There is no connection.
        }
    }
}
