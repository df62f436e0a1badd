package dev.pier.erlang.dist;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.term.Atom;
import java.util.function.Predicate;

/// Takes one frame after the other, without its length, and says what it amounts to. Control messages are decoded
/// here, payloads are not.
///
/// For the connection's reader only: it holds the atom cache and the unfinished fragments, which change with every
/// frame. After an exception it is of no more use.
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

    /// @param limits hold for the control message; payloads are bounded when they are decoded, frames before they
    ///     are read
    public FrameDecoder(Capabilities capabilities, DecodeLimits limits, FragmentLimits fragmentLimits) {
        this(capabilities, limits, fragmentLimits, _ -> false);
    }

    /// @param handedOn whose fragments are wanted as they come, rather than put together; asked at the first of each
    ///     message
    public FrameDecoder(
            Capabilities capabilities,
            DecodeLimits limits,
            FragmentLimits fragmentLimits,
            Predicate<ControlMessage> handedOn) {
        // The bytes are here already, and a long payload is the business of whoever decodes it.
        this.capabilities = capabilities;
        this.limits = new DecodeLimits(limits.depth(), Integer.MAX_VALUE, limits.digits(), limits.atoms());
        fragments = new FragmentAssembler(fragmentLimits, handedOn);
    }

    /// @param bytes change hands: payloads stay in them
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
            throw new ProtocolViolation("a frame of " + length + " bytes that is cut short: " + e.getMessage(), e);
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
            default -> throw new ProtocolViolation("a frame that begins with the bytes 131 " + kind);
        };
    }

    private Frame firstFragment(EtfInput in) throws ProtocolViolation {
        requireFragments();
        long sequence = in.read8();
        long id = fragmentId(in);
        Atom[] atoms = cache.readReferences(in);
        EtfInput terms = terms(atoms, in);
        ControlMessage control = ControlDecoder.decode(terms);
        if (id == 1) {
            return message(control, terms);
        }
        if (!control.hasPayload()) {
            throw new ProtocolViolation("fragments of a " + name(control) + ", which has no payload to be split");
        }
        return fragments.begin(sequence, id, control, atoms, terms.bytes(), terms.position(), terms.remaining());
    }

    private Frame nextFragment(EtfInput in) throws ProtocolViolation {
        requireFragments();
        long sequence = in.read8();
        long id = fragmentId(in);
        return fragments.resume(sequence, id, in.bytes(), in.position(), in.remaining());
    }

    private static Frame message(ControlMessage control, EtfInput in) throws ProtocolViolation {
        if (!control.hasPayload()) {
            // Bytes behind the message are ignored, as Erlang does.
            return new Frame.Message(control, Frame.NO_PAYLOAD);
        }
        if (in.remaining() == 0) {
            throw new ProtocolViolation("a " + name(control) + " without its payload");
        }
        EncodedTerm payload = new EncodedTerm(in.bytes(), in.position(), in.remaining(), in.atoms());
        return new Frame.Message(control, payload);
    }

    private EtfInput terms(Atom[] atoms, EtfInput in) {
        return new EtfInput(in.bytes(), in.position(), in.remaining(), atoms, limits);
    }

    private void requireFragments() throws ProtocolViolation {
        if (!capabilities.fragments()) {
            throw new ProtocolViolation("a fragment, which was not negotiated");
        }
    }

    private static long fragmentId(EtfInput in) throws ProtocolViolation {
        long id = in.read8();
        if (id == 0) {
            throw new ProtocolViolation("a fragment with the id 0");
        }
        return id;
    }

    private static void expect(int wanted, EtfInput in) throws ProtocolViolation {
        int found = in.read1();
        if (found != wanted) {
            throw new ProtocolViolation("the byte " + found + " in a frame where " + wanted + " should be");
        }
    }

    private static String name(ControlMessage control) {
        return control.getClass().getSimpleName();
    }
}
