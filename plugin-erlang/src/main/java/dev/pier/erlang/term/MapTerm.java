package dev.pier.erlang.term;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// A map. The pairs keep the order in which they came, which Erlang does not define.
public record MapTerm(SequencedMap<Term, Term> entries) implements Term {
    public static final MapTerm EMPTY = new MapTerm(new LinkedHashMap<>());

    public MapTerm {
        entries = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(entries));
    }

    public static MapTerm of(Map<? extends Term, ? extends Term> entries) {
        return new MapTerm(new LinkedHashMap<>(entries));
    }

    public Optional<Term> get(Term key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
