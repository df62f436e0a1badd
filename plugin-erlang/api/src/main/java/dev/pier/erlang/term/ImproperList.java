package dev.pier.erlang.term;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A list whose tail is not a list: `[a|b]`, or `[alias|#Ref<…>]` in the tag of a call.
public record ImproperList(List<Term> elements, Term tail) implements Term {
    public ImproperList {
        elements = List.copyOf(elements);
        if (elements.isEmpty() || tail instanceof ListTerm || tail instanceof ImproperList) {
            throw new IllegalArgumentException("an improper list has elements, and a tail that is not a list");
        }
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
