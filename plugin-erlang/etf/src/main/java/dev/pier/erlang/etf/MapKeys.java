package dev.pier.erlang.etf;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/// The keys of a map that is being written, so that no key is written twice: Erlang closes the connection for such
/// a map. For one thread.
public final class MapKeys {
    private static final int FEW_KEYS = 8;

    private int[] places = new int[2 * FEW_KEYS];
    private int count;
    private boolean distinct;

    /// Begins with another map.
    ///
    /// @param map the Java value that is written; the keys of a `HashMap` are taken as distinct until [#mayRepeat]
    public void begin(@Nullable Object map) {
        count = 0;
        distinct = map != null && (map.getClass() == HashMap.class || map.getClass() == LinkedHashMap.class);
    }

    /// Records that keys which differ in Java may be the same term: `1` and `1L`, or the constants of two enums.
    public void mayRepeat() {
        distinct = false;
    }

    /// Adds a key.
    ///
    /// @param from where it begins in the output
    /// @param to where it ends
    public void add(int from, int to) {
        if (places.length == 2 * count) {
            places = Arrays.copyOf(places, 4 * count);
        }
        places[2 * count] = from;
        places[2 * count + 1] = to;
        count++;
    }

    public int count() {
        return count;
    }

    /// @param bytes the output
    public boolean hasRepetition(byte[] bytes) {
        if (distinct || count < 2) {
            return false;
        }
        return count <= FEW_KEYS ? hasRepetitionAmongFew(bytes) : hasRepetitionAmongMany(bytes);
    }

    private boolean hasRepetitionAmongFew(byte[] bytes) {
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < i; j++) {
                if (Arrays.equals(bytes, places[2 * i], places[2 * i + 1], bytes, places[2 * j], places[2 * j + 1])) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean hasRepetitionAmongMany(byte[] bytes) {
        var seen = new HashSet<Key>(2 * count);
        for (int i = 0; i < count; i++) {
            if (!seen.add(new Key(bytes, places[2 * i], places[2 * i + 1]))) {
                return true;
            }
        }
        return false;
    }

    /// The bytes of a key. Clients choose the keys of a JSON object, and can choose keys with equal hash codes: the set
    /// then compares them.
    private static final class Key implements Comparable<Key> {
        private final byte[] bytes;
        private final int from;
        private final int to;

        Key(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }

        @Override
        public int compareTo(Key other) {
            return Arrays.compare(bytes, from, to, other.bytes, other.from, other.to);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && compareTo(key) == 0;
        }

        @Override
        public int hashCode() {
            return ByteBuffer.wrap(bytes, from, to - from).hashCode();
        }
    }
}
