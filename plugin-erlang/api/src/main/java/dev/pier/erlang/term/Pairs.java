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

/// The pairs of a map: an immutable map in one list of keys and values, with a hash index if there are many or the keys
/// are compound.
///
/// Compound keys are compared only if their hash codes are equal. Otherwise the time to compare maps whose keys
/// are maps would multiply with each level.
final class Pairs extends AbstractMap<Term, Term> implements SequencedMap<Term, Term> {
    /// Up to this size, comparing each key is faster than hashing, unless it is compound.
    private static final int MAX_UNINDEXED = 8;

    private static final int UNKNOWN = -1;
    private static final int[] NONE = {};

    private final List<Term> flat;
    /// The index of a pair plus one, or 0 for a free slot; open addressing. Empty if there is no index.
    private final int[] index;
    /// The hash codes of the keys. Empty if there is no index.
    private final int[] hashes;

    /// The depth and the hash code of the whole map, once they are known. Several threads may find the same values.
    private int depth = UNKNOWN;

    private int hash;

    /// @param flat an immutable list: a key, its value, the next key …
    /// @throws IllegalArgumentException if a key is repeated, has no value, or is nested too deep
    Pairs(List<Term> flat) {
        if (flat.size() % 2 != 0) {
            throw new IllegalArgumentException("a key without a value: " + flat.size() + " terms");
        }
        this.flat = flat;
        int size = flat.size() / 2;
        boolean compound = requireShallowKeys();
        boolean indexed = size > MAX_UNINDEXED || (compound && size > 1);
        this.index = indexed ? new int[Integer.highestOneBit(size) * 4] : NONE;
        this.hashes = indexed ? new int[size] : NONE;
        for (int i = 0; i < size; i++) {
            add(i);
        }
    }

    /// @return whether a key is compound
    private boolean requireShallowKeys() {
        boolean compound = false;
        for (int i = 0; i < size(); i++) {
            int keyDepth = Nesting.depth(key(i), MapTerm.MAX_KEY_DEPTH);
            if (keyDepth > MapTerm.MAX_KEY_DEPTH) {
                throw new IllegalArgumentException("key " + (i + 1) + " of a map is nested deeper than "
                        + MapTerm.MAX_KEY_DEPTH + " (limit of keys)");
            }
            compound |= keyDepth > 0;
        }
        return compound;
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

    private Term key(int pair) {
        return flat.get(2 * pair);
    }

    private void add(int pair) {
        Term key = key(pair);
        int keyHash = hashOf(key);
        if (find(key, keyHash, pair) >= 0) {
            throw new IllegalArgumentException("key " + (pair + 1) + " of a map is repeated");
        }
        if (index.length > 0) {
            int slot = keyHash & (index.length - 1);
            while (index[slot] != 0) {
                slot = (slot + 1) & (index.length - 1);
            }
            index[slot] = pair + 1;
            hashes[pair] = keyHash;
        }
    }

    /// The hash code of a key; any number if there is no index.
    private int hashOf(Term key) {
        return index.length == 0 ? 0 : key.hashCode();
    }

    /// The index of a key among the first `pairs` pairs, or -1.
    private int find(Term key, int keyHash, int pairs) {
        if (index.length == 0) {
            for (int i = 0; i < pairs; i++) {
                if (key(i).equals(key)) {
                    return i;
                }
            }
            return -1;
        }
        int mask = index.length - 1;
        for (int slot = keyHash & mask; index[slot] != 0; slot = (slot + 1) & mask) {
            if (isAt(index[slot] - 1, key, keyHash)) {
                return index[slot] - 1;
            }
        }
        return -1;
    }

    private boolean isAt(int pair, Term key, int keyHash) {
        return (index.length == 0 || hashes[pair] == keyHash) && key(pair).equals(key);
    }

    private int indexOf(@Nullable Object key) {
        return key instanceof Term term ? find(term, hashOf(term), size()) : -1;
    }

    /// The value that belongs to the key of a pair of another map; `null` if it is missing. Usually both maps have
    /// their pairs in the same order.
    @Nullable
    Term valueAtKeyOf(Pairs other, int pair) {
        Term key = other.key(pair);
        int keyHash = index.length > 0 && other.index.length > 0 ? other.hashes[pair] : hashOf(key);
        int found = pair < size() && isAt(pair, key, keyHash) ? pair : find(key, keyHash, size());
        return found < 0 ? null : flat.get(2 * found + 1);
    }

    /// As [Nesting#depth(Term, int)].
    int depth(int levels) {
        if (depth != UNKNOWN) {
            return depth;
        }
        int found = Nesting.depth(flat, levels);
        if (found <= levels) {
            depth = found;
        }
        return found;
    }

    /// The hash code, of the first levels only if the map is nested deeper.
    int hash(int levels) {
        boolean complete = depth != UNKNOWN && depth <= levels;
        if (complete && hash != 0) {
            return hash;
        }
        int computed = Hash.ofPairs(flat, levels);
        if (complete) {
            hash = computed;
        }
        return computed;
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
