package dev.pier.erlang.jackson;

import dev.pier.erlang.RecordDefinitions;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Recognizes the tuples that are records. Pure.
public final class TupleNames {
    private TupleNames() {}

    /// The names of the elements after the first one of a tuple.
    ///
    /// @param in a cursor at the first element; it does not move
    /// @return `null` if the tuple is not a record of these
    public static @Nullable List<Atom> ahead(RecordDefinitions records, EtfInput in, int arity) {
        if (arity == 0 || !Tag.isAtom(in.peek1())) {
            return null;
        }
        int start = in.position();
        Atom name = TermDecoder.decodeAtom(in);
        in.seek(start);
        return records.fields(name, arity - 1).orElse(null);
    }
}
