package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The statuses of `{error, Reason}` from a mounted function. Pure.
///
/// A reason is an atom, or a tuple of it and a binary that is shown to the client: `{error, {invalid, <<"no
/// name">>}}`.
final class ReasonTable {
    private static final String RETURNED = "The Erlang function returned an error.";

    private static final Map<String, Integer> STATUSES = Map.ofEntries(
            Map.entry("bad_request", 400),
            Map.entry("badarg", 400),
            Map.entry("invalid", 400),
            Map.entry("forbidden", 403),
            Map.entry("not_found", 404),
            Map.entry("conflict", 409),
            Map.entry("gone", 410),
            Map.entry("too_many_requests", 429),
            Map.entry("unavailable", 503),
            Map.entry("timeout", 504));

    private ReasonTable() {}

    /// The status of a reason; empty if it is not in the table.
    static OptionalInt statusOf(Term reason) {
        Integer status = STATUSES.get(nameOf(reason));
        return status == null ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /// The sentence for the client: the function's own, if the reason has one.
    static String sentenceOf(Term reason) {
        return reason instanceof Tuple tuple && tuple.arity() == 2 && tuple.get(1) instanceof Binary text
                ? utf8(text).orElse(RETURNED)
                : RETURNED;
    }

    private static Optional<String> utf8(Binary text) {
        byte[] bytes = text.toByteArray();
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        return decoded.indexOf('\uFFFD') < 0 ? Optional.of(decoded) : Optional.empty();
    }

    private static String nameOf(Term reason) {
        return switch (reason) {
            case Atom atom -> atom.name();
            case Tuple tuple when tuple.arity() > 0 && tuple.get(0) instanceof Atom atom -> atom.name();
            default -> "";
        };
    }
}
