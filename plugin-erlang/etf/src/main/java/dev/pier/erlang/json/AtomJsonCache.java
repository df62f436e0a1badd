package dev.pier.erlang.json;

import dev.pier.erlang.jackson.SpecialAtom;
import dev.pier.erlang.term.Atom;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A cache of the JSON entries of atoms: a connection carries cache references instead of names, and rows repeat
/// the same few keys. Safe for many threads without a lock: entries are immutable, and an overwritten entry is made
/// again.
///
/// The cache is bounded: an atom replaces another one whose hash has the same slot.
public final class AtomJsonCache {
    private static final int SLOTS = 1024;
    /// Most names are shorter; a longer one is written in parts.
    private static final int ENTRY_BYTES = 128;

    private final @Nullable Entry[] entries = new @Nullable Entry[SLOTS];

    /// The JSON of one atom.
    static final class Entry {
        private final Atom atom;
        /// The atom as a value: a string, `true`, `false` or `null`.
        final byte[] value;
        /// The atom as the name of a member, with the colon.
        final byte[] name;

        private Entry(Atom atom) {
            this.atom = atom;
            SpecialAtom special = SpecialAtom.of(atom.name());
            byte[] text = text(atom.name());
            this.value = special == null ? text : special.json;
            this.name = Arrays.copyOf(text, text.length + 1);
            this.name[text.length] = ':';
        }

        private static byte[] text(String name) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() + 2);
            JsonOutput out = new JsonOutput(bytes, ENTRY_BYTES);
            try {
                out.string(name);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return bytes.toByteArray();
        }
    }

    Entry of(Atom atom) {
        int hash = atom.name().hashCode();
        int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
        Entry known = entries[slot];
        if (known != null && known.atom.equals(atom)) {
            return known;
        }
        Entry entry = new Entry(atom);
        entries[slot] = entry;
        return entry;
    }
}
