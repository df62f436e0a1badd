package dev.pier.erlang.mapping;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.term.Term;

/// Terms in error messages: readable, and not longer than a message should be.
public final class Excerpt {
    private static final int MAX_CHARS = 300;
    private static final int MAX_BYTES = 4096;

    private Excerpt() {}

    public static String of(Term term) {
        return term.excerpt(MAX_CHARS);
    }

    /// The next term of a flow, which is taken from it.
    public static String ofNext(StreamingEtfInput flow) {
        EncodedTerm term = flow.poll(MAX_BYTES);
        return term == null ? "a term of more than " + MAX_BYTES + " bytes" : of(term.decode(DecodeLimits.DEFAULT));
    }
}
