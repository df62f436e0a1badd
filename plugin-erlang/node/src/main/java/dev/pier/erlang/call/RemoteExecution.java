package dev.pier.erlang.call;

import dev.pier.erlang.term.Reference;

/// What runs one call on a peer, as the call sees it. Safe for many threads.
sealed interface RemoteExecution permits SpawnedExecution, BatchedCall {
    /// What the answer is tagged with.
    Reference tag();

    /// The answer is there, or at least begins to come: there is nothing to stop any more.
    void ended();

    /// The caller has given up: the function is stopped. Idempotent.
    void abandon();
}
