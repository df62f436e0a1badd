package dev.pier.erlang.term;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A proper list. Erlang's strings in double quotes are such lists, of code points.
///
/// However it was made, a list of nothing but integers from 0 to 255 takes a byte for each.
public record ListTerm(List<Term> elements) implements Term {
    public static final ListTerm EMPTY = new ListTerm(List.of());

    public ListTerm {
        elements = elements instanceof ByteList ? elements : ByteList.compact(List.copyOf(elements));
    }

    public static ListTerm of(Term... elements) {
        return new ListTerm(List.of(elements));
    }

    /// The list of the integers that the bytes are, from 0 to 255, as `binary_to_list/1` makes it.
    public static ListTerm ofBytes(Binary bytes) {
        return bytes.size() == 0 ? EMPTY : new ListTerm(new ByteList(bytes));
    }

    public int size() {
        return elements.size();
    }

    /// The elements as bytes, without a copy, if there are any and all are integers from 0 to 255.
    public Optional<Binary> bytes() {
        return elements instanceof ByteList list ? Optional.of(list.bytes()) : Optional.empty();
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
