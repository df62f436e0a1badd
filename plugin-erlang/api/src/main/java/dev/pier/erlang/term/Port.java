package dev.pier.erlang.term;

/// The identity of an Erlang port. The numbers are unsigned.
public record Port(Atom node, long id, int creation) implements Term {
    @Override
    public int hashCode() {
        return Hash.of(node, creation, (int) id, (int) (id >>> Integer.SIZE));
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
