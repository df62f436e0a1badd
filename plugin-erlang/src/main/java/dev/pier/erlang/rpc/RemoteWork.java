package dev.pier.erlang.rpc;

import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// What runs one call on a peer, as the call sees it. Safe for many threads.
sealed interface RemoteWork permits RemoteProcess, HelpedProcess {
    /// What the answer is tagged with.
    Reference tag();

    /// The peer has answered the request to spawn.
    ///
    /// @param result the pid, or an atom that says why there is none
    /// @return whether there is a process
    boolean spawned(Term result);

    /// The answer is there, or at least begins to come: there is nothing to stop any more.
    void ended();

    /// The caller has given up: the function is stopped. Idempotent.
    void abandon();
}
