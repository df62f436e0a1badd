package dev.pier.erlang.call;

import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import java.util.function.Consumer;

/// A function to be called on a peer. Its text is the call as errors name it: `backend@host: users:find/1`.
///
/// @param node the peer's name
/// @param arity the number of arguments
/// @param arguments writes the list of arguments, on the calling thread; throws [dev.pier.erlang.BadArgument] if one of
///     them has no Erlang form
public record FunctionCall(Atom node, Atom module, Atom function, int arity, Consumer<EtfOutput> arguments) {
    @Override
    public String toString() {
        return node.name() + ": " + module + ":" + function + "/" + arity;
    }
}
