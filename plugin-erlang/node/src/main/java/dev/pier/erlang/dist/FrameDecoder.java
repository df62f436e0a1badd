package dev.pier.erlang.dist;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import java.util.function.Predicate;

/// Decodes the frames of one connection: their control messages, but not their payloads.
///
/// Threads. For the reader of the connection only: every frame may change the atom cache and the incomplete messages.
///
/// Lifecycle. Not usable after an exception.
public final class FrameDecoder {
    static final int PASS_THROUGH = 112;
    static final int NORMAL = 68;
    static final int FIRST_FRAGMENT = 69;
    static final int NEXT_FRAGMENT = 70;

    private static final Atom[] NO_ATOMS = {};

    private final Capabilities capabilities;
    private final DecodeLimits limits;
    private final DistAtomCache cache = new DistAtomCache();
    private final FragmentAssembler fragments;

    /// @param limits for control messages; payloads are limited when they are decoded, frames when they are read
    public FrameDecoder(Capabilities capabilities, DecodeLimits limits, FragmentLimits fragmentLimits) {
        this(capabilities, limits, fragmentLimits, _ -> false);
    }

    /// @param inParts which messages are wanted in parts instead of assembled; called once for each fragmented
    ///     message
    public FrameDecoder(
            Capabilities capabilities,
            DecodeLimits limits,
            FragmentLimits fragmentLimits,
            Predicate<ControlMessage> inParts) {
        // No limit for bytes: the frame is in memory already, and its payload is limited when it is decoded.
        this.capabilities = capabilities;
        this.limits = new DecodeLimits(limits.depth(), Integer.MAX_VALUE, limits.digits(), limits.atoms());
        fragments = new FragmentAssembler(fragmentLimits, this.limits, inParts);
    }

    /// Decodes one frame, without its length.
    ///
    /// @param bytes belong to the result from now on: payloads share them
    public Frame decode(byte[] bytes, int offset, int length) throws ProtocolViolation {
        if (length == 0) {
            return Frame.TICK;
        }
        EtfInput in = new EtfInput(bytes, offset, length, NO_ATOMS, limits);
        try {
            return switch (capabilities.frameFormat()) {
                case PASS_THROUGH -> passThrough(in);
                case HEADER -> header(in);
            };
        } catch (MalformedTerm e) {
            throw new ProtocolViolation("malformed frame of " + length + " bytes: " + e.getMessage(), e);
        }
    }

    private static Frame passThrough(EtfInput in) throws ProtocolViolation {
        expect(PASS_THROUGH, in);
        expect(Tag.VERSION, in);
        ControlMessage control = ControlDecoder.decode(in);
        if (control.hasPayload()) {
            expect(Tag.VERSION, in);
        }
        return message(control, in);
    }

    private Frame header(EtfInput in) throws ProtocolViolation {
        expect(Tag.VERSION, in);
        int kind = in.read1();
        return switch (kind) {
            case NORMAL -> {
                EtfInput terms = terms(cache.readReferences(in), in);
                yield message(ControlDecoder.decode(terms), terms);
            }
            case FIRST_FRAGMENT -> firstFragment(in);
            case NEXT_FRAGMENT -> nextFragment(in);
            default -> throw new ProtocolViolation("unknown kind of frame: it begins with the bytes 131 " + kind);
        };
    }

    private Frame firstFragment(EtfInput in) throws ProtocolViolation {
        requireFragments();
        long sequence = in.read8();
        long id = fragmentId(in);
        EtfInput terms = terms(cache.readReferences(in), in);
        int start = terms.position();
        ControlMessage control = ControlDecoder.decode(terms);
        if (id == 1) {
            return message(control, terms);
        }
        if (!control.hasPayload()) {
            throw new ProtocolViolation("fragmented signal without payload: " + name(control));
        }
        EncodedTerm encoded = new EncodedTerm(terms.bytes(), start, terms.position() - start, terms.atoms());
        return fragments.begin(sequence, id, control, encoded, encoded.from(terms));
    }

    private Frame nextFragment(EtfInput in) throws ProtocolViolation {
        requireFragments();
        long sequence = in.read8();
        long id = fragmentId(in);
        return fragments.resume(sequence, id, in.bytes(), in.position(), in.remaining());
    }

    private static Frame message(ControlMessage control, EtfInput in) throws ProtocolViolation {
        if (!control.hasPayload()) {
            // SEEN: OTP 25: bytes behind the message are ignored.
            return new Frame.Message(control, Frame.NO_PAYLOAD);
        }
        if (in.remaining() == 0) {
            throw new ProtocolViolation("signal without its payload: " + name(control));
        }
        // The rest of the frame, of any size, must not stay in memory with a small payload.
        EncodedTerm payload = new EncodedTerm(in.bytes(), in.position(), in.remaining(), in.atoms());
        return new Frame.Message(control, payload.compact());
    }

    private EtfInput terms(Atom[] atoms, EtfInput in) {
        return new EtfInput(in.bytes(), in.position(), in.remaining(), atoms, limits);
    }

    private void requireFragments() throws ProtocolViolation {
        if (!capabilities.fragments()) {
            throw new ProtocolViolation("fragment received, but fragments were not negotiated");
        }
    }

    private static long fragmentId(EtfInput in) throws ProtocolViolation {
        long id = in.read8();
        if (id == 0) {
            throw new ProtocolViolation("fragment with the id 0");
        }
        return id;
    }

    private static void expect(int wanted, EtfInput in) throws ProtocolViolation {
        int found = in.read1();
        if (found != wanted) {
            throw new ProtocolViolation("byte " + found + " in a frame instead of " + wanted);
        }
    }

    private static String name(ControlMessage control) {
        return control.getClass().getSimpleName();
    }
}
