package dev.pier.erlang.process;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermDecoder;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;

/// An exit reason. One that came over a connection stays encoded until it is needed as a term.
///
/// Threads: any; two threads that decode it at once get equal terms.
public final class ExitReason {
    public static final ExitReason NORMAL = of(WellKnownAtoms.NORMAL);
    public static final ExitReason KILL = of(WellKnownAtoms.KILL);
    public static final ExitReason KILLED = of(Atom.of("killed"));
    public static final ExitReason NOPROC = of(Atom.of("noproc"));
    public static final ExitReason NOCONNECTION = of(Atom.of("noconnection"));
    public static final ExitReason SHUTDOWN = of(Atom.of("shutdown"));
    public static final ExitReason SYSTEM_LIMIT = of(WellKnownAtoms.SYSTEM_LIMIT);

    /// Stands for a reason that cannot be decoded or exceeds a limit. The process ends all the same.
    public static final ExitReason UNREADABLE = of(WellKnownAtoms.UNREADABLE_REASON);

    private static final Atom[] NO_ATOMS = {};

    /// Below the nesting that may be sent: a reason is passed on to linked processes inside of other terms.
    private static final int MAX_DEPTH = 9_000;

    private final @Nullable EncodedTerm encoded;
    private final DecodeLimits limits;
    private volatile @Nullable Term term;

    /// The bytes that go to peers, if this node has encoded them.
    private final @Nullable EtfOutput toSend;

    private ExitReason(@Nullable EncodedTerm encoded, DecodeLimits limits, @Nullable Term term) {
        this(encoded, limits, term, null);
    }

    private ExitReason(
            @Nullable EncodedTerm encoded, DecodeLimits limits, @Nullable Term term, @Nullable EtfOutput toSend) {
        this.encoded = encoded;
        this.toSend = toSend;
        this.limits = limits;
        this.term = term;
    }

    public static ExitReason of(Term reason) {
        return new ExitReason(null, DecodeLimits.DEFAULT, reason);
    }

    /// A reason that goes to peers as these bytes, one term as [dev.pier.erlang.etf.TermEncoder] writes it.
    ///
    /// @param encoded not empty, and owned by the reason from here on
    public static ExitReason ofEncoded(EtfOutput encoded) {
        EncodedTerm term = new EncodedTerm(encoded.array(), 0, encoded.size(), NO_ATOMS);
        return new ExitReason(term, DecodeLimits.DEFAULT, null, encoded);
    }

    /// Appends the reason as one term.
    void writeTo(EtfOutput out) {
        if (toSend != null) {
            out.write(toSend);
        } else {
            TermEncoder.encode(term(), out);
        }
    }

    /// A reason as it came from a peer.
    ///
    /// @param limits for decoding it
    public static ExitReason of(EncodedTerm reason, DecodeLimits limits) {
        return new ExitReason(
                reason,
                new DecodeLimits(Math.min(limits.depth(), MAX_DEPTH), limits.bytes(), limits.digits(), limits.atoms()),
                null);
    }

    /// A reason that a peer has sent inside a control message. It is kept encoded, which takes the least
    /// memory.
    ///
    /// @param limits for decoding it
    static ExitReason received(Term reason, DecodeLimits limits) {
        if (reason instanceof Atom) {
            return of(reason);
        }
        try {
            return of(EncodedTerm.of(reason), limits);
        } catch (BadArgument tooDeep) {
            return UNREADABLE;
        }
    }

    /// How many bytes of memory a reason that came over a connection keeps from being freed.
    public long retainedBytes() {
        return encoded == null ? 0 : encoded.retainedBytes();
    }

    /// Whether the reason is that atom. Does not decode any other reason.
    boolean is(ExitReason atom) {
        Term known = term;
        return known != null ? known.equals(atom.term()) : atom.term().equals(atomOf(encoded));
    }

    private @Nullable Atom atomOf(@Nullable EncodedTerm bytes) {
        if (bytes == null) {
            return null;
        }
        try {
            EtfInput in = bytes.open(limits);
            return Tag.isAtom(in.peek1()) ? TermDecoder.decodeAtom(in) : null;
        } catch (MalformedTerm unreadable) {
            return null;
        }
    }

    /// The reason as a term; the atom `unreadable_reason` if it cannot be decoded.
    public Term term() {
        Term known = term;
        if (known == null) {
            known = decode();
            term = known;
        }
        return known;
    }

    private Term decode() {
        EncodedTerm bytes = encoded;
        try {
            return bytes == null ? UNREADABLE.term() : bytes.decode(limits);
        } catch (MalformedTerm unreadable) {
            return UNREADABLE.term();
        }
    }

    @Override
    public String toString() {
        Term known = term;
        return known != null
                ? known.toString()
                : "an encoded reason of " + (encoded == null ? 0 : encoded.length()) + " bytes";
    }
}
