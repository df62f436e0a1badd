package dev.pier.erlang.call;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.process.ExitReason;

/// How a call to a `gen_server` ended.
sealed interface GenCallOutcome {
    /// @param reply still encoded
    record Answered(EncodedTerm reply) implements GenCallOutcome {}

    /// The server has ended, did not exist, or its node was disconnected.
    record Down(ExitReason reason) implements GenCallOutcome {}

    /// The answer exceeded a limit, or is not a term.
    record Unreadable(String problem) implements GenCallOutcome {}
}
