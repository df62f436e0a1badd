package dev.pier.erlang.call;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.Optional;

/// A call that may send messages before its answer. Safe for many threads.
public sealed interface StreamExecution permits SpawnedExecution, BatchedCall {
    /// The reference that tags the answer.
    Reference tag();

    /// The pid that signals to the called process come from.
    Pid caller();

    /// The pid of the called process, if the peer has sent it.
    Optional<Pid> pid();

    /// Takes the peer's answer to a spawn request.
    ///
    /// @param result the pid, or an atom that says why no process was started
    /// @return whether a process was started
    boolean spawned(Term result);

    /// The answer has come, or begins to come: the process needs not be stopped any more.
    void ended();

    /// Stops the process. Idempotent.
    void abandon();
}
