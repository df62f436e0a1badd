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

    /// The map of keys and values in turn: `#{k => v}` is `ofPairs(k, v)`.
    ///
    /// @throws IllegalArgumentException if a key comes twice
    public static MapTerm ofPairs(Term... keysAndValues) {
        if (keysAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a key without a value: " + keysAndValues.length + " terms");
        }
        var entries = LinkedHashMap.<Term, Term>newLinkedHashMap(keysAndValues.length / 2);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (entries.put(keysAndValues[i], keysAndValues[i + 1]) != null) {
                throw new IllegalArgumentException("key number " + (i / 2 + 1) + " of the map is there already");
            }
        }
        return new MapTerm(entries);
    }

    public Optional<Term> get(Term key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
