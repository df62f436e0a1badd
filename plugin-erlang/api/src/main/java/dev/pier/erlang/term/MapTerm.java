package dev.pier.erlang.term;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A map. The pairs keep their order of arrival, which Erlang does not define.
public record MapTerm(SequencedMap<Term, Term> entries) implements Term {
    /// The maximum nesting of a key. Values have no such limit.
    public static final int MAX_KEY_DEPTH = Hash.LEVELS;

    public static final MapTerm EMPTY = new MapTerm(new Pairs(List.of()));

    /// @throws IllegalArgumentException if a key is nested deeper than [#MAX_KEY_DEPTH]
    public MapTerm {
        entries = Pairs.copyOf(entries);
    }

    /// @throws IllegalArgumentException if a key is nested deeper than [#MAX_KEY_DEPTH]
    public static MapTerm of(Map<? extends Term, ? extends Term> entries) {
        return new MapTerm(Pairs.copyOf(entries));
    }

    /// The map of alternating keys and values: `#{k => v}` is `ofPairs(k, v)`.
    ///
    /// @throws IllegalArgumentException if a key is repeated or lacks a value, or is nested deeper than
    ///     [#MAX_KEY_DEPTH]
    public static MapTerm ofPairs(Term... keysAndValues) {
        return new MapTerm(new Pairs(List.of(keysAndValues)));
    }

    /// The keys and values, alternating.
    public List<Term> pairs() {
        return Pairs.copyOf(entries).flat();
    }

    public int size() {
        return entries.size();
    }

    public Optional<Term> get(Term key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return Equality.equal(this, other);
    }

    @Override
    public int hashCode() {
        return Hash.of(this);
    }

    @Override
    public String toString() {
        return TermText.print(this);
    }
}
