package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.term.Term;

/// Reads the answer to one call: a returned value, or an exception of the function. Pure.
sealed interface CallResult permits ErpcResult, RexResult {
    /// The returned value, still encoded.
    ///
    /// @throws ErlangException if the function did not return
    EncodedTerm value(EncodedTerm answer);

    /// As [#value(EncodedTerm)], for an answer that came decoded.
    EncodedTerm value(Term answer);
}
