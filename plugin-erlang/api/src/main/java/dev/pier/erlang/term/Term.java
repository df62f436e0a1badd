package dev.pier.erlang.term;

/// An Erlang term: an immutable value, safe to share between threads.
///
/// Two terms are equal where Erlang's `=:=` says so (`1` and `1.0` differ; the order of a map's pairs does not
/// matter). Kinds whose Erlang name `java.lang` or `java.util` has taken carry the suffix `Term`.
///
/// `toString()` gives the text that Erlang's `io:format("~p")` prints for small terms, on one line:
/// `{ok,<<"x">>}`. [#parse(String)] reads that form.
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
                Pid,
                Port,
                Reference,
                Fun {
    /// Reads the text form: `{ok, <<"x">>, [1,2|T], #{a => 1.5}}`.
    ///
    /// @throws IllegalArgumentException if the text is no term, with the place and what is wrong there
    static Term parse(String text) {
        return TermParser.parse(text);
    }

    /// The beginning of the text form, with `…` behind it where there is more: for messages and logs. However large
    /// the term is, no more than that is made of it.
    ///
    /// @param most how many characters, without the `…`
    default String excerpt(int most) {
        return TermText.print(this, most);
    }
}
