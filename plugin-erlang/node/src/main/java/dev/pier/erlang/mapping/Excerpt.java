package dev.pier.erlang.mapping;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.StreamingEtfInput;
import dev.pier.erlang.term.Term;

/// Terms in error messages: at most 300 characters.
public final class Excerpt {
    private static final int MAX_CHARS = 300;
    private static final int MAX_BYTES = 4096;

    private Excerpt() {}

    public static String of(Term term) {
        return term.excerpt(MAX_CHARS);
    }

    /// Reads the next term.
    public static String ofNext(StreamingEtfInput input) {
        EncodedTerm term = input.poll(MAX_BYTES);
        return term == null ? "a term of more than " + MAX_BYTES + " bytes" : of(term.decode(DecodeLimits.DEFAULT));
    }
}
