package dev.pier.erlang.call;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.link.PendingReply;
import org.jspecify.annotations.Nullable;

/// One call that runs on a peer, by one of the protocols for it. Safe for many threads.
sealed interface RemoteExecution permits SpawnedExecution, BatchedCall, RexCall {
    /// Takes an event of the call. Called by the connection's reader.
    ///
    /// @return the end of the call; `null` if it goes on
    @Nullable
    CallOutcome outcome(PendingReply.Event event);

    /// Reads the answer.
    CallResult result(FunctionCall call, DecodeLimits limits);

    /// Stops the function after the caller has given up, if the protocol can do that. Idempotent.
    void abandon();
}
