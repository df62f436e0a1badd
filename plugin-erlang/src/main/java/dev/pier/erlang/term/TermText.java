package dev.pier.erlang.term;

/// Prints terms as Erlang's `~p` does, on one line.
@SuppressWarnings("DoNotCallSuggester")
final class TermText {
    private TermText() {}

    static String print(Term term) {
        throw new UnsupportedOperationException("in work: " + term.getClass());
    }
}
