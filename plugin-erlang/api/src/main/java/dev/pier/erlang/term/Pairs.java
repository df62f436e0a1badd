package dev.pier.erlang.term;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The pairs of a map: an immutable map in one list of keys and values, with a hash index if there are many.
final class Pairs extends AbstractMap<Term, Term> implements SequencedMap<Term, Term> {
    /// Up to this size, comparing each key is faster than hashing.
    private static final int MAX_UNINDEXED = 8;

    private static final int[] NO_INDEX = {};

    private final List<Term> flat;
    /// The index of a pair plus one, or 0 for a free slot; open addressing. Empty if there are only a few pairs.
    private final int[] index;

    /// @param flat an immutable list: a key, its value, the next key …
    /// @throws IllegalArgumentException if a key is repeated, has no value, or is nested too deep
    Pairs(List<Term> flat) {
        if (flat.size() % 2 != 0) {
            throw new IllegalArgumentException("a key without a value: " + flat.size() + " terms");
        }
        this.flat = flat;
        int size = flat.size() / 2;
        this.index = size > MAX_UNINDEXED ? new int[Integer.highestOneBit(size) * 4] : NO_INDEX;
        for (int i = 0; i < size; i++) {
            add(i);
        }
    }

    static Pairs copyOf(Map<? extends Term, ? extends Term> entries) {
        if (entries instanceof Pairs pairs) {
            return pairs;
        }
        var flat = new ArrayList<Term>(entries.size() * 2);
        entries.forEach((key, value) -> {
            flat.add(key);
            flat.add(value);
        });
        return new Pairs(List.copyOf(flat));
    }

    List<Term> flat() {
        return flat;
    }

    private void add(int pair) {
        Term key = flat.get(2 * pair);
        if (!nestedWithin(MapTerm.MAX_KEY_DEPTH, key)) {
            throw new IllegalArgumentException("key " + (pair + 1) + " of a map is nested deeper than "
                    + MapTerm.MAX_KEY_DEPTH + " (limit of keys)");
        }
        int slot = -1;
        if (index.length > 0) {
            slot = firstSlot(key);
            while (index[slot] != 0 && !flat.get(2 * (index[slot] - 1)).equals(key)) {
                slot = (slot + 1) & (index.length - 1);
            }
        }
        if (slot >= 0 ? index[slot] != 0 : indexOf(key, pair) >= 0) {
            throw new IllegalArgumentException("key " + (pair + 1) + " of a map is repeated");
        }
        if (slot >= 0) {
            index[slot] = pair + 1;
        }
    }

    private static boolean nestedWithin(int levels, Term term) {
        return switch (term) {
            case Tuple(List<Term> elements) -> nestedWithin(levels, elements);
            case ListTerm(List<Term> elements) -> elements instanceof ByteList || nestedWithin(levels, elements);
            case ImproperList(List<Term> elements, Term tail) ->
                nestedWithin(levels, elements) && nestedWithin(levels, List.of(tail));
            case MapTerm map -> nestedWithin(levels, map.pairs());
            case LocalFun fun -> nestedWithin(levels, fun.free());
            default -> true;
        };
    }

    private static boolean nestedWithin(int levels, List<Term> parts) {
        if (parts.isEmpty()) {
            return true;
        }
        if (levels == 0) {
            return false;
        }
        for (Term part : parts) {
            if (!nestedWithin(levels - 1, part)) {
                return false;
            }
        }
        return true;
    }

    private int firstSlot(Term key) {
        return key.hashCode() & (index.length - 1);
    }

    /// The index of the key among the first `pairs` pairs, or -1.
    private int indexOf(Object key, int pairs) {
        for (int i = 0; i < pairs; i++) {
            if (flat.get(2 * i).equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private int indexOf(@Nullable Object key) {
        if (!(key instanceof Term term)) {
            return -1;
        }
        if (index.length == 0) {
            return indexOf(term, size());
        }
        for (int slot = firstSlot(term); index[slot] != 0; slot = (slot + 1) & (index.length - 1)) {
            int pair = index[slot] - 1;
            if (flat.get(2 * pair).equals(term)) {
                return pair;
            }
        }
        return -1;
    }

    @Override
    public @Nullable Term get(@Nullable Object key) {
        int pair = indexOf(key);
        return pair < 0 ? null : flat.get(2 * pair + 1);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return indexOf(key) >= 0;
    }

    @Override
    public int size() {
        return flat.size() / 2;
    }

    @Override
    public SequencedMap<Term, Term> reversed() {
        var reversed = new ArrayList<Term>(flat.size());
        for (int i = flat.size() - 2; i >= 0; i -= 2) {
            reversed.add(flat.get(i));
            reversed.add(flat.get(i + 1));
        }
        return new Pairs(List.copyOf(reversed));
    }

    @Override
    public Set<Entry<Term, Term>> entrySet() {
        return new Entries();
    }

    private final class Entries extends AbstractSet<Entry<Term, Term>> {
        @Override
        public int size() {
            return Pairs.this.size();
        }

        @Override
        public Iterator<Entry<Term, Term>> iterator() {
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < flat.size();
                }

                @Override
                public Entry<Term, Term> next() {
                    if (next >= flat.size()) {
                        throw new NoSuchElementException();
                    }
                    next += 2;
                    return Map.entry(flat.get(next - 2), flat.get(next - 1));
                }
            };
        }
    }
}
