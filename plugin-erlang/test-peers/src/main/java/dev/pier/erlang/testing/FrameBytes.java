package dev.pier.erlang.testing;

import static dev.pier.erlang.testing.Bytes.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Frames of a connection by hand, without their length word.
// SPEC: erl_dist_protocol, Protocol between Connected Nodes; erl_ext_dist, Distribution Header
public final class FrameBytes {
    private static final int DIST_HEADER = 68;
    private static final int FIRST_FRAGMENT = 69;
    private static final int NEXT_FRAGMENT = 70;

    private FrameBytes() {}

    /// A frame for peers that agreed on no header.
    public static byte[] passThrough(byte[] control) {
        return bytes().u8('p').u8(TermBytes.VERSION).raw(control).array();
    }

    public static byte[] passThrough(byte[] control, byte[] message) {
        return bytes().raw(passThrough(control))
                .u8(TermBytes.VERSION)
                .raw(message)
                .array();
    }

    /// A frame with a header that names no atoms.
    public static byte[] normal(byte[] control) {
        return normal(new AtomRefs(), control);
    }

    public static byte[] normal(byte[] control, byte[] message) {
        return bytes().raw(normal(control), message).array();
    }

    /// A frame with a header that names atoms; the control part may be followed by a message.
    public static byte[] normal(AtomRefs atoms, byte[]... controlAndMessage) {
        return bytes().u8(TermBytes.VERSION)
                .u8(DIST_HEADER)
                .raw(atoms.array())
                .raw(controlAndMessage)
                .array();
    }

    public static byte[] firstFragment(long sequence, long id, AtomRefs atoms, byte[] control, byte[] part) {
        return bytes().u8(TermBytes.VERSION)
                .u8(FIRST_FRAGMENT)
                .u64(sequence)
                .u64(id)
                .raw(atoms.array(), control, part)
                .array();
    }

    public static byte[] nextFragment(long sequence, long id, byte[] part) {
        return bytes().u8(TermBytes.VERSION)
                .u8(NEXT_FRAGMENT)
                .u64(sequence)
                .u64(id)
                .raw(part)
                .array();
    }

    /// The frames of a message that is cut after each so many bytes, in the order in which they are sent.
    ///
    /// @param sequence not 0: that kills the virtual machine of a real peer
    public static List<byte[]> fragments(long sequence, byte[] control, byte[] message, int partSize) {
        int count = Math.max(1, Math.ceilDiv(message.length, partSize));
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] part = Arrays.copyOfRange(message, i * partSize, Math.min(message.length, (i + 1) * partSize));
            int id = count - i;
            frames.add(
                    i == 0
                            ? firstFragment(sequence, id, new AtomRefs(), control, part)
                            : nextFragment(sequence, id, part));
        }
        return frames;
    }

    /// The atoms that a header names. Each is used in the frame by its place: [TermBytes#atomOfHeader(int)].
    public static final class AtomRefs {
        private final List<Integer> flags = new ArrayList<>();
        private final List<byte[]> refs = new ArrayList<>();
        private boolean longAtoms;

        /// An atom that the receiver is to keep in this slot of its cache.
        public AtomRefs add(int slot, String atom) {
            flags.add(8 | slot >> 8);
            refs.add(bytes().u8(slot).raw(atom.getBytes(UTF_8)).array());
            longAtoms |= refs.getLast().length > 256;
            return this;
        }

        /// The atom that the receiver has in this slot.
        public AtomRefs use(int slot) {
            flags.add(slot >> 8);
            refs.add(bytes().u8(slot).array());
            return this;
        }

        byte[] array() {
            Bytes header = bytes().u8(refs.size());
            if (refs.isEmpty()) {
                return header.array();
            }
            // One half-byte for each atom, and one after the last that says how long the lengths are.
            List<Integer> halves = new ArrayList<>(flags);
            halves.add(longAtoms ? 1 : 0);
            for (int i = 0; i < halves.size(); i += 2) {
                int high = i + 1 < halves.size() ? halves.get(i + 1) : 0;
                header.u8(high << 4 | halves.get(i));
            }
            for (int i = 0; i < refs.size(); i++) {
                byte[] ref = refs.get(i);
                header.u8(ref[0]);
                if ((flags.get(i) & 8) != 0) {
                    int length = ref.length - 1;
                    header = longAtoms ? header.u16(length) : header.u8(length);
                    header.raw(Arrays.copyOfRange(ref, 1, ref.length));
                }
            }
            return header.array();
        }
    }
}
