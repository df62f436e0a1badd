package dev.pier.erlang.term;

/// `fun module:function/arity`.
public record ExternalFun(Atom module, Atom function, int arity) implements Fun {
    @Override
    public String toString() {
        return TermText.print(this);
    }
}
