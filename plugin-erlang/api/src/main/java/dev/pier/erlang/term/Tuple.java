package dev.pier.erlang.term;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tuple.
public record Tuple(List<Term> elements) implements Term {
    /// Erlang's own limit.
    public static final int MAX_ARITY = (1 << 24) - 1;

    public static final Tuple EMPTY = new Tuple(List.of());

    /// @throws IllegalArgumentException if there are more elements than an Erlang tuple can have
    public Tuple {
        elements = List.copyOf(elements);
        if (elements.size() > MAX_ARITY) {
            throw new IllegalArgumentException(
                    "a tuple has at most " + MAX_ARITY + " elements, this one has " + elements.size());
        }
    }

    public static Tuple of(Term... elements) {
        return new Tuple(List.of(elements));
    }

    public int arity() {
        return elements.size();
    }

    /// @param index from 0, unlike Erlang's `element/2`
    public Term get(int index) {
        return elements.get(index);
    }

    /// Whether this is a tuple of that arity that begins with that atom: `{ok,_}`.
    public boolean is(Atom tag, int arity) {
        return elements.size() == arity && arity > 0 && elements.getFirst().equals(tag);
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
