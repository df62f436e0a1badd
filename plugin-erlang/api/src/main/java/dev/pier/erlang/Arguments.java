package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.util.List;

/// What Erlang calls an [ErlangFunction] with: still encoded, and decoded into what is asked for. For the thread of the
/// call.
public interface Arguments {
    /// How many there are: Erlang's arity.
    int count();

    /// An argument as a Java value, as [Reply#as] gives it.
    ///
    /// @param index from 0
    /// @throws UnexpectedTerm if it does not fit that type, naming the argument; where the function lets that
    ///     through, its caller gets the error `{badarg, <<"argument 1: expected …">>}`
    /// @throws IndexOutOfBoundsException if there is no such argument
    <T> T as(int index, Class<T> type);

    /// An argument as a term.
    ///
    /// @param index from 0
    /// @throws IndexOutOfBoundsException if there is no such argument
    Term term(int index);

    /// All of them.
    List<Term> terms();

    /// The name of the node that calls.
    String caller();
}
