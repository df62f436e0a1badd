package dev.pier.erlang.served;

import dev.pier.erlang.term.Atom;

/// Atoms of `erpc`, `rpc` and `erlang` that several classes of this package use.
final class Atoms {
    static final Atom RETURN = Atom.of("return");
    static final Atom THROW = Atom.of("throw");
    static final Atom EXIT = Atom.of("exit");
    static final Atom EXIT_MESSAGE = Atom.of("EXIT");
    static final Atom BADRPC = Atom.of("badrpc");
    static final Atom UNDEF = Atom.of("undef");
    static final Atom BADARG = Atom.of("badarg");
    static final Atom NOCATCH = Atom.of("nocatch");
    static final Atom NOTSUP = Atom.of("notsup");
    static final Atom NORMAL = Atom.of("normal");
    static final Atom SYSTEM_LIMIT = Atom.of("system_limit");
    static final Atom JAVA_EXCEPTION = Atom.of("java_exception");
    static final Atom FILE = Atom.of("file");
    static final Atom LINE = Atom.of("line");

    private Atoms() {}
}
