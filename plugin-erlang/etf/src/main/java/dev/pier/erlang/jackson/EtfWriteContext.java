package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.etf.MapKeys;
import org.jspecify.annotations.Nullable;

/// The position of [EtfGenerator] at one level of nesting. For one thread.
final class EtfWriteContext extends EtfContext<EtfWriteContext> {
    enum Kind {
        ROOT,
        LIST,
        TUPLE,
        MAP,
        /// A list of pairs whose keys are atoms.
        KEYWORD,
        /// A key of a map: any one term.
        KEY
    }

    Kind kind = Kind.ROOT;
    /// Where the head of this level is in the output.
    int start;
    /// How many values, or pairs, have been begun.
    int count;
    /// Whether a name has been written and its value has not.
    boolean valueDue;

    private @Nullable MapKeys keys;

    private EtfWriteContext(@Nullable EtfWriteContext parent) {
        super(parent);
    }

    static EtfWriteContext root() {
        return new EtfWriteContext(null);
    }

    EtfWriteContext child(Kind childKind, int childStart, @Nullable Object childValue) {
        EtfWriteContext next = child;
        if (next == null) {
            next = new EtfWriteContext(this);
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
            case MAP, KEYWORD -> TYPE_OBJECT;
        };
        _index = -1;
        start = newStart;
        count = 0;
        valueDue = false;
        name = null;
        value = newValue;
    }

    /// Counts a value that is about to be written.
    void beforeValue() {
        switch (kind) {
            case MAP, KEYWORD -> {
                if (!valueDue) {
                    throw new BadArgument("expected a key of a map, got a value");
                }
                valueDue = false;
            }
            case ROOT, KEY -> {
                if (count > 0) {
                    throw new BadArgument("expected one term, got a second value");
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

    /// Counts a key that is about to be written.
    void beforeKey(@Nullable String newName) {
        if ((kind != Kind.MAP && kind != Kind.KEYWORD) || valueDue) {
            throw new BadArgument("expected a value, got a key");
        }
        valueDue = true;
        name = newName;
        count++;
        _index++;
    }

    /// The keys of the map at this level.
    MapKeys keys() {
        MapKeys found = keys;
        if (found == null) {
            found = new MapKeys();
            keys = found;
        }
        return found;
    }
}
