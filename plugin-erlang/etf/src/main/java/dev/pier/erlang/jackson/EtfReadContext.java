package dev.pier.erlang.jackson;

import dev.pier.erlang.term.Atom;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The position of [EtfParser] at one level of nesting. For one thread.
final class EtfReadContext extends EtfContext<EtfReadContext> {
    enum Kind {
        ROOT,
        LIST,
        /// A list of small integers, a byte for each.
        BYTES,
        TUPLE,
        /// A tuple that is a record: an object of its elements.
        NAMED,
        MAP,
        /// A native record: an object of its fields.
        RECORD,
        /// A list that is read as an object.
        PROPLIST
    }

    Kind kind = Kind.ROOT;
    /// Where the container of this level begins.
    int start;
    /// How many elements or pairs are still due.
    int remaining;
    /// Whether the end of the list is still to be read.
    boolean tailDue;
    /// Whether a name has been read and its value has not.
    boolean valueDue;
    /// Whether the name was a bare atom in a proplist; its value is `true`.
    boolean bareName;
    /// Where the name begins.
    int nameStart;
    /// The names of the elements of a tuple that is a record.
    List<Atom> fields = List.of();
    /// Where the next name of a native record begins: all names come before the values.
    int nextName;

    /// Kept when the context is used again: the maps of one level are often alike.
    private @Nullable LastKeys lastKeys;

    private @Nullable Set<String> seen;

    private EtfReadContext(@Nullable EtfReadContext parent) {
        super(parent);
    }

    static EtfReadContext root() {
        return new EtfReadContext(null);
    }

    EtfReadContext child(Kind childKind, int childStart, int size) {
        EtfReadContext next = child;
        if (next == null) {
            next = new EtfReadContext(this);
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
            case MAP, RECORD, NAMED, PROPLIST -> TYPE_OBJECT;
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

    /// Whether this proplist has not had the name so far.
    boolean firstTime(String newName) {
        Set<String> names = seen;
        if (names == null) {
            names = new HashSet<>();
            seen = names;
        }
        return names.add(newName);
    }
}
