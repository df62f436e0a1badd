package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Assembles messages from fragments. The fragments of several messages may be interleaved. Messages that are wanted in
/// parts are passed on fragment by fragment.
///
/// Threads. For the reader of the connection only.
///
/// SPEC: erl_ext_dist, Distribution Header for fragmented messages: the ids of a sequence count down to 1.
final class FragmentAssembler {
    private final FragmentLimits limits;
    private final Predicate<ControlMessage> inParts;
    private final Map<Long, Sequence> open = new HashMap<>();
    private long openBytes;

    /// @param inParts which messages are wanted in parts
    FragmentAssembler(FragmentLimits limits, Predicate<ControlMessage> inParts) {
        this.limits = limits;
        this.inParts = inParts;
    }

    /// A message that has not arrived completely.
    private static final class Sequence {
        final ControlMessage control;
        final Atom[] atoms;
        final boolean inParts;
        long nextId;
        EtfOutput payload;

        /// The limit that the message exceeded, after which its fragments are discarded.
        @Nullable
        String exceeded;

        Sequence(ControlMessage control, Atom[] atoms, boolean inParts, long nextId, int firstPart) {
            this.control = control;
            this.atoms = atoms;
            this.inParts = inParts;
            this.nextId = nextId;
            payload = new EtfOutput(firstPart);
        }
    }

    /// Takes the first fragment of a message that has several.
    ///
    /// @param id how many fragments the message has
    Frame begin(long sequenceId, long id, ControlMessage control, Atom[] atoms, byte[] bytes, int offset, int length)
            throws ProtocolViolation {
        if (open.containsKey(sequenceId)) {
            throw new ProtocolViolation(
                    "first fragment of sequence " + text(sequenceId) + ", which is not complete yet");
        }
        if (open.size() == limits.sequences()) {
            throw new ProtocolViolation("too many incomplete fragmented messages (limit " + limits.sequences()
                    + ", setting erlang.limits.fragmented-messages)");
        }
        boolean whole = !inParts.test(control);
        Sequence sequence = new Sequence(control, atoms, !whole, id - 1, whole ? length : 0);
        open.put(sequenceId, sequence);
        if (!whole) {
            return part(sequence, id, bytes, offset, length);
        }
        append(sequence, bytes, offset, length);
        return Frame.PARTIAL;
    }

    /// Takes a later fragment of a message.
    Frame resume(long sequenceId, long id, byte[] bytes, int offset, int length) throws ProtocolViolation {
        Sequence sequence = open.get(sequenceId);
        if (sequence == null) {
            throw new ProtocolViolation(
                    "fragment of sequence " + text(sequenceId) + ", of which no first fragment has arrived");
        }
        if (id != sequence.nextId) {
            throw new ProtocolViolation("fragment out of order: " + text(id) + " of sequence " + text(sequenceId)
                    + " instead of " + text(sequence.nextId));
        }
        sequence.nextId--;
        if (id == 1) {
            open.remove(sequenceId);
        }
        if (sequence.inParts) {
            return part(sequence, id, bytes, offset, length);
        }
        append(sequence, bytes, offset, length);
        return id == 1 ? completed(sequence) : Frame.PARTIAL;
    }

    private static Frame part(Sequence sequence, long id, byte[] bytes, int offset, int length) {
        return new Frame.Fragment(sequence.control, new EncodedTerm(bytes, offset, length, sequence.atoms), id - 1);
    }

    private Frame completed(Sequence sequence) {
        EtfOutput payload = sequence.payload;
        openBytes -= payload.size();
        if (sequence.exceeded != null) {
            return new Frame.Oversized(sequence.control, sequence.exceeded);
        }
        return new Frame.Message(sequence.control, new EncodedTerm(payload.array(), 0, payload.size(), sequence.atoms));
    }

    private void append(Sequence sequence, byte[] bytes, int offset, int length) {
        if (sequence.exceeded != null) {
            return;
        }
        if (sequence.payload.size() + (long) length > limits.messageBytes()) {
            discard(
                    sequence,
                    "a fragmented message of more than " + limits.messageBytes()
                            + " bytes (setting erlang.limits.message)");
        } else if (openBytes + length > limits.totalBytes()) {
            discard(
                    sequence,
                    "a fragmented message, because all incomplete ones have more than " + limits.totalBytes()
                            + " bytes together (setting erlang.limits.fragmented)");
        } else {
            sequence.payload.write(bytes, offset, length);
            openBytes += length;
        }
    }

    private void discard(Sequence sequence, String limit) {
        openBytes -= sequence.payload.size();
        sequence.payload = new EtfOutput(0);
        sequence.exceeded = limit;
    }

    private static String text(long unsigned) {
        return Long.toUnsignedString(unsigned);
    }
}
