package dev.pier.erlang.term;

/// A fun: something that can be handed back to Erlang, but not called here.
public sealed interface Fun extends Term permits LocalFun, ExternalFun {
    int MAX_ARITY = 255;

    int arity();
}
