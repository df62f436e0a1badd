package dev.pier.erlang.term;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

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

    /// Reads a term as `binary_to_term(Bytes)` does: the external term format with the leading 131, compressed
    /// or not. For bytes from a source that is trusted not to fill the memory: at most 256 MiB, also after
    /// decompression, 10 000 levels of nesting, and integers of 100 000 digits.
    ///
    /// @throws dev.pier.erlang.MalformedTerm if the bytes are anything else than one such term
    static Term decode(byte[] bytes) {
        return TermCodecs.get().decode(bytes);
    }

    /// Reads a term as `binary_to_term(Bytes, [safe])` does, for bytes from clients. It has no atoms except
    /// `true`,
    /// `false` and the given ones, because a term that is sent on makes its atoms on an Erlang node, which
    /// never frees them; and it has no funs. It may have 1 MiB, also after decompression, 100 levels of
    /// nesting, and integers of 1000 digits.
    ///
    /// @param atoms the known atoms, among them those in the terms' pids, ports, references and native records
    /// @throws dev.pier.erlang.MalformedTerm if the bytes are anything else than one such term
    static Term decodeSafe(byte[] bytes, Set<Atom> atoms) {
        return TermCodecs.get().decodeSafe(bytes, atoms);
    }

    /// Reads JSON text in UTF-8 within [JsonLimits#DEFAULT]. Objects become maps, arrays lists, and texts binaries,
    /// the names in objects too; `null` becomes `undefined`. `ErlangNode.readJson` reads `null` as the node writes
    /// it.
    ///
    /// Refused are, besides text that RFC 8259 does not allow: repeated names in an object, lone surrogates, a byte
    /// order mark, and numbers that no float can hold.
    ///
    /// @throws dev.pier.erlang.BadBody if the text is not JSON, or exceeds a limit; with line and column
    static Term fromJson(byte[] utf8) {
        return fromJson(utf8, JsonLimits.DEFAULT);
    }

    /// As [#fromJson(byte\[\])], within other limits.
    ///
    /// @throws dev.pier.erlang.BadBody if the text is not JSON, or exceeds a limit; with line and column
    static Term fromJson(byte[] utf8, JsonLimits limits) {
        return TermCodecs.get().readJson(utf8, limits.bytes(), limits.depth(), limits.digits());
    }

    /// As [#fromJson(byte\[\])], for text of any length.
    ///
    /// @throws dev.pier.erlang.BadBody if the text is not JSON, or exceeds a limit; with line and column
    static Term fromJson(String json) {
        return TermCodecs.get().readJson(json);
    }

    /// As [#fromJson(byte\[\])]. Reads the stream to its end, or to the limit of bytes, and does not close it.
    ///
    /// @throws IOException if reading the stream fails
    /// @throws dev.pier.erlang.BadBody if the text is not JSON, or exceeds a limit; with line and column
    static Term fromJson(InputStream json) throws IOException {
        // One byte more than allowed shows that there are too many.
        return fromJson(json.readNBytes(JsonLimits.DEFAULT.bytes() + 1));
    }

    /// The term as `term_to_binary(Term)` encodes it, with the leading 131 and not compressed.
    ///
    /// @throws dev.pier.erlang.BadArgument if the term is nested deeper than 10 000 levels
    default byte[] encode() {
        return TermCodecs.get().encode(this);
    }

    /// The beginning of the text form, followed by `…` if there is more, for messages and logs. Costs no more
    /// than the excerpt, however large the term is.
    ///
    /// @param most the maximum number of characters, without the `…`
    default String excerpt(int most) {
        return TermText.print(this, most);
    }
}
