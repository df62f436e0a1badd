package dev.pier.erlang.served;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;

/// A function that Erlang may call.
///
/// @param arity how many arguments it takes, or [#ANY_ARITY]
/// @param mapper the mapping of whoever exposed it
record ServedFunction(Atom module, Atom function, int arity, ErlangFunction body, ValueMapper mapper) {
    static final int ANY_ARITY = -1;

    /// As Erlang's funs.
    private static final int MAX_ARITY = 255;

    ServedFunction {
        if (arity < ANY_ARITY || arity > MAX_ARITY) {
            throw new IllegalArgumentException("a function has 0 to " + MAX_ARITY + " arguments, not " + arity);
        }
    }

    @Override
    public String toString() {
        return module + ":" + function + "/" + (arity == ANY_ARITY ? "_" : Integer.toString(arity));
    }
}
