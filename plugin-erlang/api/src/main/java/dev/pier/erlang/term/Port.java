package dev.pier.erlang.term;

/// The identity of an Erlang port. The numbers are unsigned.
public record Port(Atom node, long id, int creation) implements Term {
    @Override
    public String toString() {
        return TermText.print(this);
    }
}
