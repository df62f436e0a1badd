package dev.pier.erlang.jackson;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.TokenStreamContext;

/// Where [EtfParser] stands: one level of nesting. Kept and used again for the next one of the same depth.
final class EtfReadContext extends TokenStreamContext {
    enum Kind {
        ROOT,
        LIST,
        /// A list of small integers, a byte for each.
        BYTES,
        TUPLE,
        MAP,
        /// A list that is read as an object.
        PROPLIST
    }

    final @Nullable EtfReadContext parent;
    private @Nullable EtfReadContext child;
    Kind kind = Kind.ROOT;
    /// Where the term begins that is read at this level.
    int start;
    /// How many elements or pairs are still to come.
    int remaining;
    /// Whether an end of the list is still to be read.
    boolean tailDue;
    /// Whether a name has been read whose value has not.
    boolean valueDue;
    /// Whether the name was an atom in a proplist, whose value is `true`.
    boolean bareName;
    /// Where the name begins.
    int nameStart;

    @Nullable
    String name;

    /// Stays when the context is used again: the maps of one level are often alike.
    private @Nullable LastKeys lastKeys;

    private @Nullable Object value;
    private @Nullable Set<String> seen;

    private EtfReadContext(@Nullable EtfReadContext parent, int depth) {
        super(TYPE_ROOT, -1);
        this.parent = parent;
        _nestingDepth = depth;
    }

    static EtfReadContext root() {
        return new EtfReadContext(null, 0);
    }

    EtfReadContext child(Kind childKind, int childStart, int size) {
        EtfReadContext next = child;
        if (next == null) {
            next = new EtfReadContext(this, _nestingDepth + 1);
            child = next;
        }
        next.start = childStart;
        next.remaining = size;
        next.tailDue = childKind == Kind.LIST;
        next.valueDue = false;
        next.bareName = false;
        next.name = null;
        next.value = null;
        next.seen = null;
        next._index = -1;
        next.become(childKind);
        return next;
    }

    void become(Kind newKind) {
        kind = newKind;
        _type = switch (newKind) {
            case ROOT -> TYPE_ROOT;
            case LIST, BYTES, TUPLE -> TYPE_ARRAY;
            case MAP, PROPLIST -> TYPE_OBJECT;
        };
    }

    void next() {
        _index++;
        remaining--;
    }

    LastKeys lastKeys() {
        LastKeys keys = lastKeys;
        if (keys == null) {
            keys = new LastKeys();
            lastKeys = keys;
        }
        return keys;
    }

    /// Whether the name comes for the first time in this proplist.
    boolean firstTime(String newName) {
        Set<String> names = seen;
        if (names == null) {
            names = new HashSet<>();
            seen = names;
        }
        return names.add(newName);
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
