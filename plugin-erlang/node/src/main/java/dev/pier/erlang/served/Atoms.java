package dev.pier.erlang.served;

import dev.pier.erlang.term.Atom;

/// Atoms of `erpc`, `rpc` and `erlang` that several classes of this package use.
final class Atoms {
    static final Atom THROW = Atom.of("throw");
    static final Atom EXIT = Atom.of("exit");
    static final Atom UNDEF = Atom.of("undef");
    static final Atom BADARG = Atom.of("badarg");
    static final Atom NOCATCH = Atom.of("nocatch");
    static final Atom FILE = Atom.of("file");
    static final Atom LINE = Atom.of("line");

    private Atoms() {}
}
