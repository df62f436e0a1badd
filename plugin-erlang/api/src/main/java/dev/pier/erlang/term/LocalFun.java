package dev.pier.erlang.term;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A fun made by `fun(…) -> … end`. It keeps all parts of the encoded form, so that it can be sent back to Erlang.
///
/// @param unique the 16 bytes that identify the code of the fun
/// @param index the number of the fun in its module; unsigned
/// @param free the values of the variables that the fun captures
public record LocalFun(
        Atom module, int arity, Binary unique, int index, long oldIndex, long oldUnique, Pid creator, List<Term> free)
        implements Fun {
    public LocalFun {
        if (arity < 0 || arity > MAX_ARITY) {
            throw new IllegalArgumentException("a fun has 0 to " + MAX_ARITY + " arguments, not " + arity);
        }
        if (unique.size() != 16) {
            throw new IllegalArgumentException("a fun's unique part has 16 bytes, not " + unique.size());
        }
        free = List.copyOf(free);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return Equality.equal(this, other);
    }

    @Override
    public int hashCode() {
        return Hash.of(this);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
