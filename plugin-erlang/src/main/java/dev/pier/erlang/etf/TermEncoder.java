package dev.pier.erlang.etf;

import dev.pier.erlang.term.Term;

/// Encodes terms as Erlang itself does.
@SuppressWarnings("DoNotCallSuggester")
public final class TermEncoder {
    private TermEncoder() {}

    public static void encode(Term term, EtfOutput out) {
        throw new UnsupportedOperationException("in work: " + term + out.size());
    }
}
