package dev.pier.erlang.jackson;

import dev.pier.erlang.etf.EtfInput;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The keys of the map before on the same level: rows have the same ones in the same order, and then comparing their
/// bytes takes the place of decoding them. For one thread and one cursor.
final class LastKeys {
    private static final int MAX_KEYS = 32;
    private static final int MAX_BYTES = 64;

    private final int[] starts = new int[MAX_KEYS];
    private final int[] lengths = new int[MAX_KEYS];
    private final String[] names = new String[MAX_KEYS];
    /// Which names have come twice. Only they are interned, as the names of a class's properties are: a map of those
    /// then finds them without comparing their characters, and names that come once do not fill the JVM's table.
    private long twice;

    /// The name of the key before the cursor, which moves behind it; `null` if the last map had another one there.
    ///
    /// @param index which key of its map it is
    @Nullable
    String recall(int index, EtfInput in) {
        if (index >= MAX_KEYS || lengths[index] == 0) {
            return null;
        }
        int length = lengths[index];
        int start = starts[index];
        int position = in.position();
        byte[] bytes = in.bytes();
        if (in.remaining() < length
                || !Arrays.equals(bytes, start, start + length, bytes, position, position + length)) {
            return null;
        }
        in.skip(length);
        if ((twice & 1L << index) == 0) {
            twice |= 1L << index;
            names[index] = names[index].intern();
        }
        return names[index];
    }

    /// Keeps a key that stands between a position and the cursor.
    void remember(int index, int start, EtfInput in, String name) {
        int length = in.position() - start;
        if (index < MAX_KEYS && length <= MAX_BYTES) {
            starts[index] = start;
            lengths[index] = length;
            names[index] = name;
            twice &= ~(1L << index);
        }
    }
}
