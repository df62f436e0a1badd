package dev.pier.erlang.call;

import dev.pier.erlang.connection.Disconnect;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Term;

/// How a call ended. An answer may also be an exception of the function: [CallResult] tells.
public sealed interface CallOutcome {
    /// The answer, still encoded.
    record Answered(EncodedTerm answer) implements CallOutcome {}

    /// The answer from a peer that has it inside the control message, or the reason why the process that was to
    /// answer has ended.
    record AnsweredDecoded(Term answer) implements CallOutcome {}

    /// There is no answer.
    sealed interface Failed extends CallOutcome {}

    /// No process was started.
    ///
    /// @param why an atom
    record NotSpawned(Term why) implements Failed {}

    /// The answer was discarded: it exceeded a limit.
    ///
    /// @param limit which limit, in a sentence
    record Oversized(String limit) implements Failed {}

    /// The connection was lost before the answer came.
    record Lost(Disconnect disconnect) implements Failed {}
}
