package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.util.Objects;

/// Ends an exposed function as Erlang's `throw/1`, `exit/1` or `error/1` do:
///
/// ```java
/// throw Raised.error(Tuple.of(Atom.of("no_such_user"), Binary.of(name)));
/// ```
public final class Raised extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// Erlang's three classes of exceptions.
    public enum Kind {
        THROW,
        EXIT,
        ERROR
    }

    private final Kind kind;
    private final transient Term reason;

    private Raised(Kind kind, Term reason) {
        super(kind + " " + Objects.requireNonNull(reason, "reason"));
        this.kind = kind;
        this.reason = reason;
    }

    /// As `throw(Value)`.
    public static Raised thrown(Term value) {
        return new Raised(Kind.THROW, value);
    }

    /// As `exit(Reason)`.
    public static Raised exit(Term reason) {
        return new Raised(Kind.EXIT, reason);
    }

    /// As `error(Reason)`.
    public static Raised error(Term reason) {
        return new Raised(Kind.ERROR, reason);
    }

    public Kind kind() {
        return kind;
    }

    public Term reason() {
        return reason;
    }
}
