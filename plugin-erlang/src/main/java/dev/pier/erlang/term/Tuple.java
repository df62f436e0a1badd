package dev.pier.erlang.term;

import java.util.List;

/// A tuple.
public record Tuple(List<Term> elements) implements Term {
    public Tuple {
        elements = List.copyOf(elements);
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
    public String toString() {
        return TermText.print(this);
    }
}
