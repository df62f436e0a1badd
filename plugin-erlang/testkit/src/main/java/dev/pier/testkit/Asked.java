package dev.pier.testkit;

import dev.pier.erlang.term.Term;
import java.util.List;
import java.util.stream.Collectors;

/// A call that a [FakeErlang] received. Immutable.
public record Asked(String module, String function, List<Term> arguments) {
    /// @throws NullPointerException if an argument is null
    public Asked {
        arguments = List.copyOf(arguments);
    }

    /// As in Erlang: `users:find(<<"joe">>)`.
    @Override
    public String toString() {
        return arguments.stream()
                .map(Term::toString)
                .collect(Collectors.joining(", ", module + ":" + function + "(", ")"));
    }
}
