package dev.pier.erlang.dist;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Assembles messages from fragments. The fragments of several messages may be interleaved. Messages that are wanted in
/// parts are passed on fragment by fragment.
///
/// Threads. For the reader of the connection only.
///
/// Hazard. The peer chooses the size of the control message as well: a spawn request may have any number of
/// options, which take many times their bytes once decoded. So an incomplete message keeps its control message
/// encoded.
///
/// SPEC: erl_ext_dist, Distribution Header for fragmented messages: the ids of a sequence count down to 1.
final class FragmentAssembler {
    /// In bytes: up to this size a control message is not counted, because the number of incomplete messages is
    /// limited.
    private static final int SMALL_CONTROL = 1024;

    /// In bytes: how much of a discarded message is kept. It has room for the caller in a call, and as the number
    /// of incomplete messages is limited, it is not counted either.
    private static final int HEAD = 2048;

    private final FragmentLimits limits;
    private final DecodeLimits decoding;
    private final Predicate<ControlMessage> inParts;
    private final Map<Long, Sequence> open = new HashMap<>();
    private long openBytes;

    /// @param decoding for control messages
    /// @param inParts which messages are wanted in parts
    FragmentAssembler(FragmentLimits limits, DecodeLimits decoding, Predicate<ControlMessage> inParts) {
        this.limits = limits;
        this.decoding = decoding;
        this.inParts = inParts;
    }

    /// A message that has not arrived completely.
    private sealed interface State {
        /// Passed on fragment by fragment.
        ///
        /// @param encoded the control message, which has the atoms
        record InParts(ControlMessage control, EncodedTerm encoded) implements State {}

        /// Held until it is complete.
        ///
        /// @param control still encoded
        record Held(EncodedTerm control, EtfOutput payload) implements State {
            long bytes() {
                return Math.max(0, control.retainedBytes() - SMALL_CONTROL) + payload.size();
            }
        }

        /// Exceeded a limit: its fragments are discarded.
        record Discarded(Frame.Oversized report) implements State {}
    }

    private static final class Sequence {
        private long nextId;
        private State state;

        Sequence(long nextId, State state) {
            this.nextId = nextId;
            this.state = state;
        }
    }

    /// Takes the first fragment of a message that has several.
    ///
    /// @param id how many fragments the message has
    /// @param encoded the control message, with the atoms of the whole message
    /// @param part the first part of the payload
    Frame begin(long sequenceId, long id, ControlMessage control, EncodedTerm encoded, EncodedTerm part)
            throws ProtocolViolation {
        if (open.containsKey(sequenceId)) {
            throw new ProtocolViolation(
                    "first fragment of sequence " + text(sequenceId) + ", which is not complete yet");
        }
        if (open.size() == limits.sequences()) {
            throw new ProtocolViolation("too many incomplete fragmented messages (limit " + limits.sequences()
                    + ", setting erlang.limits.fragmented-messages)");
        }
        if (inParts.test(control)) {
            open.put(sequenceId, new Sequence(id - 1, new State.InParts(control, encoded.copy())));
            return new Frame.Fragment(control, part.compact(), id - 1);
        }
        State.Held held = new State.Held(encoded.copy(), new EtfOutput(part.length()));
        Sequence sequence = new Sequence(id - 1, held);
        open.put(sequenceId, sequence);
        openBytes += held.bytes();
        sequence.state = with(held, part);
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
        return switch (sequence.state) {
            case State.InParts(ControlMessage control, EncodedTerm encoded) ->
                new Frame.Fragment(control, new EncodedTerm(bytes, offset, length, encoded.atoms()).compact(), id - 1);
            case State.Held held -> {
                sequence.state = with(
                        held,
                        new EncodedTerm(bytes, offset, length, held.control().atoms()));
                yield id == 1 ? completed(sequence.state) : Frame.PARTIAL;
            }
            case State.Discarded(Frame.Oversized report) -> id == 1 ? report : Frame.PARTIAL;
        };
    }

    private Frame completed(State state) throws ProtocolViolation {
        return switch (state) {
            case State.Held held -> {
                openBytes -= held.bytes();
                EtfOutput payload = held.payload();
                EncodedTerm term = new EncodedTerm(
                        payload.array(), 0, payload.size(), held.control().atoms());
                yield new Frame.Message(decoded(held.control()), term.compact());
            }
            case State.Discarded(Frame.Oversized report) -> report;
            case State.InParts _ -> throw new IllegalStateException("a message in parts is never completed");
        };
    }

    /// The state after another part.
    private State with(State.Held held, EncodedTerm part) throws ProtocolViolation {
        if (held.bytes() + part.length() > limits.messageBytes()) {
            return discard(
                    held,
                    part,
                    "a fragmented message of more than " + limits.messageBytes()
                            + " bytes (setting erlang.limits.message)");
        }
        if (openBytes + part.length() > limits.totalBytes()) {
            return discard(
                    held,
                    part,
                    "a fragmented message, because all incomplete ones have more than " + limits.totalBytes()
                            + " bytes together (setting erlang.limits.fragmented)");
        }
        part.appendTo(held.payload());
        openBytes += part.length();
        return held;
    }

    private State discard(State.Held held, EncodedTerm part, String limit) throws ProtocolViolation {
        openBytes -= held.bytes();
        return new State.Discarded(
                new Frame.Oversized(withoutOptions(decoded(held.control())), head(held, part), limit));
    }

    private static EncodedTerm head(State.Held held, EncodedTerm part) {
        EtfOutput payload = held.payload();
        if (payload.size() < HEAD) {
            part.appendTo(payload);
        }
        int length = Math.min(HEAD, payload.size());
        return new EncodedTerm(payload.array(), 0, length, held.control().atoms()).copy();
    }

    private ControlMessage decoded(EncodedTerm control) throws ProtocolViolation {
        return ControlDecoder.decode(control.open(decoding));
    }

    /// The only part of a control message with a payload that may be large. An error does not need it.
    private static ControlMessage withoutOptions(ControlMessage control) {
        return control
                        instanceof
                        ControlMessage.SpawnRequest(
                                Reference id,
                                Pid from,
                                Pid groupLeader,
                                Atom module,
                                Atom function,
                                int arity,
                                List<Term> _)
                ? new ControlMessage.SpawnRequest(id, from, groupLeader, module, function, arity, List.of())
                : control;
    }

    private static String text(long unsigned) {
        return Long.toUnsignedString(unsigned);
    }
}
