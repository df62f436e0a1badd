package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.term.Atom;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The atoms that the peer has named on this connection, by slot. Lives as long as the connection; for its reader
/// only.
///
/// The hazard: a later frame may overwrite a slot while a fragmented message still waits, so each frame gets its
/// atoms as an array of its own.
final class DistAtomCache {
    // SPEC: erl_ext_dist, Distribution Header: three bits of segment index and a byte within the segment.
    static final int SLOTS = 2048;

    private static final int NEW_ENTRY = 8;
    private static final int SEGMENT = 7;
    private static final Atom[] NONE = {};

    private final @Nullable Atom[] slots = new @Nullable Atom[SLOTS];

    /// Reads the references of a frame's header, takes over its new entries, and gives what the references stand
    /// for.
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
                slots[slot] = readAtom(longAtoms ? in.read2() : in.read1(), in);
            }
            Atom atom = slots[slot];
            if (atom == null) {
                throw new ProtocolViolation("a reference to the atom in slot " + slot + ", which is empty");
            }
            atoms[i] = atom;
        }
        return atoms;
    }

    private static int nibble(byte[] bytes, int start, int index) {
        return (bytes[start + index / 2] >> (4 * (index & 1))) & 0xf;
    }

    private static Atom readAtom(int length, EtfInput in) throws ProtocolViolation {
        int start = in.skip(length);
        try {
            return Atom.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.bytes(), start, length))
                    .toString());
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new ProtocolViolation("an atom of " + length + " bytes in a frame's header that is none", e);
        }
    }
}
