package dev.pier.erlang.term;

import java.util.List;

/// A proper list. Erlang's strings in double quotes are such lists, of code points.
public record ListTerm(List<Term> elements) implements Term {
    public static final ListTerm EMPTY = new ListTerm(List.of());

    public ListTerm {
        elements = elements instanceof ByteList ? elements : List.copyOf(elements);
    }

    public static ListTerm of(Term... elements) {
        return new ListTerm(List.of(elements));
    }

    /// A list of integers from 0 to 255, kept as bytes: the bytes are copied.
    public static ListTerm ofBytes(byte[] bytes, int offset, int length) {
        return length == 0 ? EMPTY : new ListTerm(ByteList.copyOf(bytes, offset, length));
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
