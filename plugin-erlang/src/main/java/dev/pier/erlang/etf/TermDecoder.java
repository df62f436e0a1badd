package dev.pier.erlang.etf;

import dev.pier.erlang.term.Term;

/// Decodes terms.
@SuppressWarnings("DoNotCallSuggester")
public final class TermDecoder {
    private TermDecoder() {}

    public static Term decode(EtfInput in) {
        throw new UnsupportedOperationException("in work at " + in.position());
    }
}
