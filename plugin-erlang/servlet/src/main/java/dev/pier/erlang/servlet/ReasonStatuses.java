package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.ServletContext;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The HTTP statuses that an application has chosen for reasons of `{error, Reason}`: `not_found = 404` answers 404
/// for `{error, not_found}` and for `{error, {not_found, …}}`. Empty by default.
///
/// *Threads.* Safe for all threads.
record ReasonStatuses(Map<String, Integer> byReason) {
    private static final Pattern ENTRY = Pattern.compile("([^=,\\s]+)\\s*=\\s*([45]\\d\\d)");

    private static final ReasonStatuses NONE = new ReasonStatuses(Map.of());

    ReasonStatuses {
        byReason = Map.copyOf(byReason);
    }

    /// The statuses of an application, from its context parameter.
    ///
    /// @throws IllegalArgumentException if the parameter is malformed
    static ReasonStatuses of(ServletContext context) {
        return parse(context.getInitParameter(ErlangErrors.STATUSES));
    }

    static ReasonStatuses parse(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return NONE;
        }
        Map<String, Integer> statuses = new HashMap<>();
        for (String entry : text.split(",", -1)) {
            Matcher matcher = ENTRY.matcher(entry.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("the context parameter " + ErlangErrors.STATUSES + " has the entry '"
                        + entry.strip() + "'; expected reason = status, with a status from 400 to 599");
            }
            statuses.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return new ReasonStatuses(statuses);
    }

    /// The status for a failure; empty if the application has chosen none.
    OptionalInt statusOf(ErlangException failure) {
        if (!(failure instanceof ReturnedError error)) {
            return OptionalInt.empty();
        }
        Integer status = byReason.get(nameOf(error.reason()));
        return status == null ? OptionalInt.empty() : OptionalInt.of(status);
    }

    private static String nameOf(Term reason) {
        return switch (reason) {
            case Atom atom -> atom.name();
            case Tuple tuple when tuple.arity() > 0 && tuple.get(0) instanceof Atom atom -> atom.name();
            default -> "";
        };
    }
}
