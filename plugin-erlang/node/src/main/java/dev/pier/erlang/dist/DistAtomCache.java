package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.term.Atom;
import org.jspecify.annotations.Nullable;

/// The atom cache of one connection: the atoms that the peer has sent, by slot.
///
/// Threads. For the reader of the connection only.
///
/// Hazard. A later frame may overwrite a slot while a fragmented message is incomplete, so each frame has an array of
/// its own with the atoms it refers to.
///
/// SPEC: erl_ext_dist, Distribution Header.
final class DistAtomCache {
    /// Three bits of segment index, and a byte within the segment.
    static final int SLOTS = 2048;

    private static final int NEW_ENTRY = 8;
    private static final int SEGMENT = 7;
    private static final Atom[] NONE = {};

    private final @Nullable Atom[] slots = new @Nullable Atom[SLOTS];

    /// Reads the atom references of a frame's header, and stores new entries.
    ///
    /// @return the atoms that the references stand for
    Atom[] readReferences(EtfInput in) throws ProtocolViolation {
        int count = in.read1();
        if (count == 0) {
            return NONE;
        }
        byte[] bytes = in.bytes();
        int flags = in.skip(count / 2 + 1);
        boolean longAtoms = (nibble(bytes, flags, count) & 1) != 0;
        Atom[] atoms = new Atom[count];
        for (int i = 0; i < count; i++) {
            int flag = nibble(bytes, flags, i);
            int slot = ((flag & SEGMENT) << 8) | in.read1();
            if ((flag & NEW_ENTRY) != 0) {
                slots[slot] = TermDecoder.decodeAtomName(in, longAtoms ? in.read2() : in.read1());
            }
            Atom atom = slots[slot];
            if (atom == null) {
                throw new ProtocolViolation("reference to the empty slot " + slot + " of the atom cache");
            }
            atoms[i] = atom;
        }
        return atoms;
    }

    private static int nibble(byte[] bytes, int start, int index) {
        return (bytes[start + index / 2] >> (4 * (index & 1))) & 0xf;
    }
}
