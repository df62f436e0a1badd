package dev.pier.erlang.term;

/// `fun module:function/arity`.
public record ExternalFun(Atom module, Atom function, int arity) implements Fun {
    public ExternalFun {
        if (arity < 0 || arity > MAX_ARITY) {
            throw new IllegalArgumentException("a fun has 0 to " + MAX_ARITY + " arguments, not " + arity);
        }
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
