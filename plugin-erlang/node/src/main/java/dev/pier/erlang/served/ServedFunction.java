package dev.pier.erlang.served;

import dev.pier.erlang.ErlangFunction;
import dev.pier.erlang.etf.ValueMapper;
import dev.pier.erlang.term.Atom;

/// A function that Erlang may call.
///
/// @param arity the number of its arguments, or [#ANY_ARITY]
/// @param mapper maps its arguments and its result
/// @param counts its calls
record ServedFunction(
        Atom module, Atom function, int arity, ErlangFunction body, ValueMapper mapper, ServedCounts counts) {
    static final int ANY_ARITY = -1;

    /// As in Erlang.
    private static final int MAX_ARITY = 255;

    ServedFunction(Atom module, Atom function, int arity, ErlangFunction body, ValueMapper mapper) {
        this(module, function, arity, body, mapper, new ServedCounts());
    }

    ServedFunction {
        if (arity < ANY_ARITY || arity > MAX_ARITY) {
            throw new IllegalArgumentException("invalid arity: " + arity + " (0 to " + MAX_ARITY + ")");
        }
    }

    @Override
    public String toString() {
        return module + ":" + function + "/" + (arity == ANY_ARITY ? "_" : Integer.toString(arity));
    }
}
