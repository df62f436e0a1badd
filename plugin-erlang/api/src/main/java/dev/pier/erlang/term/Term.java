package dev.pier.erlang.term;

/// An Erlang term: an immutable value, safe to share between threads.
///
/// Two terms are equal where Erlang's `=:=` is true: `1` and `1.0` differ; the order of a map's pairs does not
/// matter. Kinds whose Erlang name exists in `java.lang` or `java.util` have the suffix `Term`.
///
/// `toString()` returns the text that Erlang's `io:format("~0tp")` prints, on one line: `{ok,<<"x">>}`.
/// [#parse(String)] reads that form.
public sealed interface Term
        permits Atom,
                IntegerTerm,
                BigIntegerTerm,
                FloatTerm,
                Binary,
                Bitstring,
                ListTerm,
                ImproperList,
                Tuple,
                MapTerm,
                RecordTerm,
                Pid,
                Port,
                Reference,
                Fun {
    /// Reads the text form: `{ok, <<"x">>, [1,2|T], #{a => 1.5}}`. The text of a native record does not say
    /// whether it is
    /// exported; it is read as an exported one.
    ///
    /// @throws IllegalArgumentException if the text is not a term; the message names the place and the problem
    static Term parse(String text) {
        return TermParser.parse(text);
    }

    /// The beginning of the text form, followed by `…` if there is more, for messages and logs. Costs no more
    /// than the excerpt, however large the term is.
    ///
    /// @param most the maximum number of characters, without the `…`
    default String excerpt(int most) {
        return TermText.print(this, most);
    }
}
