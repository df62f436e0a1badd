package dev.pier.erlang.term;

/// The identity of a process. The numbers are unsigned. Two pids are equal if all four parts are.
///
/// @param node the name of the process's node, `name@host`
/// @param creation the incarnation of that node
public record Pid(Atom node, int id, int serial, int creation) implements Term {
    @Override
    public int hashCode() {
        return Hash.of(node, creation, id, serial);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
