package dev.pier.erlang.dist;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Puts messages together whose fragments arrive one by one, with those of others between; some it only hands on, part
/// by part. For the connection's reader only.
final class FragmentAssembler {
    private final FragmentLimits limits;
    private final Predicate<ControlMessage> handedOn;
    private final Map<Long, Sequence> open = new HashMap<>();
    private long openBytes;

    /// @param handedOn whose parts are wanted as they come
    FragmentAssembler(FragmentLimits limits, Predicate<ControlMessage> handedOn) {
        this.limits = limits;
        this.handedOn = handedOn;
    }

    /// A message of which not all has arrived.
    private static final class Sequence {
        final ControlMessage control;
        final Atom[] atoms;
        final boolean handedOn;
        long nextId;
        EtfOutput payload;

        /// Which limit it has gone beyond. From then on its fragments are counted down and dropped.
        @Nullable
        String exceeded;

        Sequence(ControlMessage control, Atom[] atoms, boolean handedOn, long nextId, int firstPart) {
            this.control = control;
            this.atoms = atoms;
            this.handedOn = handedOn;
            this.nextId = nextId;
            payload = new EtfOutput(firstPart);
        }
    }

    // SPEC: erl_dist_protocol, Protocol between Connected Nodes, fragments: ids count down, and 1 is the last.
    /// The first fragment of a message that has more.
    ///
    /// @param id how many fragments the message has, this one included
    Frame begin(long sequenceId, long id, ControlMessage control, Atom[] atoms, byte[] bytes, int offset, int length)
            throws ProtocolViolation {
        if (open.containsKey(sequenceId)) {
            throw new ProtocolViolation(
                    "a new fragmented message as sequence " + text(sequenceId) + ", which is not finished");
        }
        if (open.size() == limits.sequences()) {
            throw new ProtocolViolation("more than " + limits.sequences()
                    + " unfinished fragmented messages (setting erlang.limits.fragmented-messages)");
        }
        boolean whole = !handedOn.test(control);
        Sequence sequence = new Sequence(control, atoms, !whole, id - 1, whole ? length : 0);
        open.put(sequenceId, sequence);
        if (!whole) {
            return part(sequence, id, bytes, offset, length);
        }
        append(sequence, bytes, offset, length);
        return Frame.PARTIAL;
    }

    /// A fragment that is not the first of its message.
    Frame resume(long sequenceId, long id, byte[] bytes, int offset, int length) throws ProtocolViolation {
        Sequence sequence = open.get(sequenceId);
        if (sequence == null) {
            throw new ProtocolViolation("a fragment of sequence " + text(sequenceId) + ", which has not begun");
        }
        if (id != sequence.nextId) {
            throw new ProtocolViolation("fragment " + text(id) + " of sequence " + text(sequenceId) + ", where "
                    + text(sequence.nextId) + " should be");
        }
        sequence.nextId--;
        if (id == 1) {
            open.remove(sequenceId);
        }
        if (sequence.handedOn) {
            return part(sequence, id, bytes, offset, length);
        }
        append(sequence, bytes, offset, length);
        return id == 1 ? finished(sequence) : Frame.PARTIAL;
    }

    private static Frame part(Sequence sequence, long id, byte[] bytes, int offset, int length) {
        return new Frame.Fragment(sequence.control, new EncodedTerm(bytes, offset, length, sequence.atoms), id - 1);
    }

    private Frame finished(Sequence sequence) {
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
            drop(
                    sequence,
                    "a fragmented message above " + limits.messageBytes() + " bytes (setting erlang.limits.message)");
        } else if (openBytes + length > limits.totalBytes()) {
            drop(
                    sequence,
                    "unfinished fragmented messages above " + limits.totalBytes()
                            + " bytes together (setting erlang.limits.fragmented)");
        } else {
            sequence.payload.write(bytes, offset, length);
            openBytes += length;
        }
    }

    private void drop(Sequence sequence, String limit) {
        openBytes -= sequence.payload.size();
        sequence.payload = new EtfOutput(0);
        sequence.exceeded = limit;
    }

    private static String text(long unsigned) {
        return Long.toUnsignedString(unsigned);
    }
}
