package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamContext;

/// Where [EtfGenerator] stands: one level of nesting. Kept and used again for the next one of the same depth.
public final class EtfWriteContext extends TokenStreamContext {
    public enum Kind {
        ROOT,
        LIST,
        TUPLE,
        MAP,
        /// A key of a map, which may be any term.
        KEY
    }

    private static final int FEW_KEYS = 8;

    final @Nullable EtfWriteContext parent;
    private @Nullable EtfWriteContext child;
    Kind kind = Kind.ROOT;
    /// Where the head of this level stands in the output.
    int start;
    /// How many values, or pairs, there are so far.
    public int count;
    /// Whether a name has been written whose value has not.
    boolean valueDue;
    /// Whether the keys cannot repeat, because a `HashMap` has seen to it.
    public boolean keysDistinct;

    private int @Nullable [] keys;
    private @Nullable String name;
    private @Nullable Object value;

    private EtfWriteContext(@Nullable EtfWriteContext parent, int depth) {
        super(TYPE_ROOT, -1);
        this.parent = parent;
        _nestingDepth = depth;
    }

    public static EtfWriteContext root() {
        return new EtfWriteContext(null, 0);
    }

    public EtfWriteContext child(Kind childKind, int childStart, @Nullable Object childValue) {
        EtfWriteContext next = child;
        if (next == null) {
            next = new EtfWriteContext(this, _nestingDepth + 1);
            child = next;
        }
        next.reset(childKind, childStart, childValue);
        return next;
    }

    void reset(Kind newKind, int newStart, @Nullable Object newValue) {
        kind = newKind;
        _type = switch (newKind) {
            case ROOT, KEY -> TYPE_ROOT;
            case LIST, TUPLE -> TYPE_ARRAY;
            case MAP -> TYPE_OBJECT;
        };
        _index = -1;
        start = newStart;
        count = 0;
        valueDue = false;
        keysDistinct = false;
        name = null;
        value = newValue;
    }

    /// Takes notice of a value that is about to be written.
    public void beforeValue() {
        switch (kind) {
            case MAP -> {
                if (!valueDue) {
                    throw new BadArgument("a value in a map where its key should be");
                }
                valueDue = false;
            }
            case ROOT, KEY -> {
                if (count > 0) {
                    throw new BadArgument("a second value where one term should be");
                }
                count++;
                _index++;
            }
            case LIST, TUPLE -> {
                count++;
                _index++;
            }
        }
    }

    /// Takes notice of a key that is about to be written.
    public void beforeKey(@Nullable String newName) {
        if (kind != Kind.MAP || valueDue) {
            throw new BadArgument("a key where a value should be");
        }
        valueDue = true;
        name = newName;
        count++;
        _index++;
    }

    /// Remembers where the key stands in the output.
    public void keyWritten(int from, int to) {
        int[] known = keys;
        if (known == null) {
            known = new int[2 * FEW_KEYS];
        } else if (known.length < 2 * count) {
            known = Arrays.copyOf(known, 2 * known.length);
        }
        known[2 * count - 2] = from;
        known[2 * count - 1] = to;
        keys = known;
    }

    /// Erlang closes the connection for a map that has a key twice.
    public boolean hasRepeatedKey(byte[] bytes) {
        int[] known = keys;
        if (keysDistinct || count < 2 || known == null) {
            return false;
        }
        if (count <= FEW_KEYS) {
            for (int i = 0; i < count; i++) {
                for (int j = 0; j < i; j++) {
                    if (Arrays.equals(bytes, known[2 * i], known[2 * i + 1], bytes, known[2 * j], known[2 * j + 1])) {
                        return true;
                    }
                }
            }
            return false;
        }
        var seen = new HashSet<ByteBuffer>(2 * count);
        for (int i = 0; i < count; i++) {
            if (!seen.add(ByteBuffer.wrap(bytes, known[2 * i], known[2 * i + 1] - known[2 * i]))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable TokenStreamContext getParent() {
        return parent;
    }

    @Override
    public @Nullable String currentName() {
        return name;
    }

    @Override
    public boolean hasCurrentName() {
        return name != null;
    }

    @Override
    public @Nullable Object currentValue() {
        return value;
    }

    @Override
    public void assignCurrentValue(@Nullable Object newValue) {
        value = newValue;
    }
}
