package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.util.List;

/// The arguments of a call of an [ErlangFunction], encoded until they are read.
///
/// Threads: that of the call.
public interface Arguments {
    /// The number of arguments: Erlang's arity.
    int count();

    /// An argument as a Java value, as [Reply#as] gives it.
    ///
    /// @param index from 0
    /// @throws UnexpectedTerm if the argument is of another type; if the function does not catch it, its caller
    ///     gets the error `{badarg, <<"argument 1: expected …">>}`
    /// @throws IndexOutOfBoundsException if there is no such argument
    <T> T as(int index, Class<T> type);

    /// An argument as a term.
    ///
    /// @param index from 0
    /// @throws IndexOutOfBoundsException if there is no such argument
    Term term(int index);

    /// All arguments as terms.
    List<Term> terms();

    /// The name of the calling node.
    String caller();
}
