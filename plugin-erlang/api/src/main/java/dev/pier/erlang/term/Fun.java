package dev.pier.erlang.term;

/// A fun. It can be sent back to Erlang, but not be called in Java.
public sealed interface Fun extends Term permits LocalFun, ExternalFun {
    int MAX_ARITY = 255;

    int arity();
}
