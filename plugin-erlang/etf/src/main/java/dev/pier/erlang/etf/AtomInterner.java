package dev.pier.erlang.etf;

import dev.pier.erlang.term.Atom;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A cache of recently decoded atoms, so that `ok` or the keys of a list of maps are not allocated each time. Safe
/// for many threads without a lock: a slot that two threads write at once keeps either atom.
///
/// The cache is bounded: an atom replaces another one whose hash has the same slot.
final class AtomInterner {
    private static final int SLOTS = 1024;
    static final int MAX_LENGTH = 32;

    private static final @Nullable Atom[] ATOMS = new Atom[SLOTS];

    private AtomInterner() {}

    /// The atom of a name, which must be ASCII and not longer than [#MAX_LENGTH].
    static Atom ascii(byte[] bytes, int start, int length) {
        int hash = length;
        for (int i = start; i < start + length; i++) {
            hash = hash * 31 + bytes[i];
        }
        int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
        Atom known = ATOMS[slot];
        if (known != null && isNamed(known, bytes, start, length)) {
            return known;
        }
        Atom atom = new Atom(new String(bytes, start, length, StandardCharsets.ISO_8859_1));
        ATOMS[slot] = atom;
        return atom;
    }

    private static boolean isNamed(Atom atom, byte[] bytes, int start, int length) {
        String name = atom.name();
        if (name.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name.charAt(i) != bytes[start + i]) {
                return false;
            }
        }
        return true;
    }
}
