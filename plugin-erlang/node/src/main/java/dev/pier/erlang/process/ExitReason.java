package dev.pier.erlang.process;

import dev.pier.erlang.MalformedTerm;
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

/// Why a process ends or ended. One that came over a connection stays encoded until somebody looks at it.
///
/// Safe for many threads: decoding it twice gives the same.
public final class ExitReason {
    public static final ExitReason NORMAL = of(Atom.of("normal"));
    public static final ExitReason KILL = of(Atom.of("kill"));
    public static final ExitReason KILLED = of(Atom.of("killed"));
    public static final ExitReason NOPROC = of(Atom.of("noproc"));
    public static final ExitReason NOCONNECTION = of(Atom.of("noconnection"));
    public static final ExitReason SHUTDOWN = of(Atom.of("shutdown"));
    public static final ExitReason SYSTEM_LIMIT = of(Atom.of("system_limit"));

    /// Stands for a reason that was no term, or beyond a limit: the process ends all the same.
    public static final ExitReason UNREADABLE = of(Atom.of("unreadable_reason"));

    /// Shallower than what may be sent: a reason goes on to linked processes inside of other terms.
    private static final int MAX_DEPTH = 9_000;

    private final @Nullable EncodedTerm encoded;
    private final DecodeLimits limits;
    private volatile @Nullable Term term;

    /// The bytes as they go to peers, if this node has written them.
    private final byte @Nullable [] written;

    private ExitReason(@Nullable EncodedTerm encoded, DecodeLimits limits, @Nullable Term term) {
        this(encoded, limits, term, null);
    }

    private ExitReason(
            @Nullable EncodedTerm encoded, DecodeLimits limits, @Nullable Term term, byte @Nullable [] written) {
        this.encoded = encoded;
        this.written = written;
        this.limits = limits;
        this.term = term;
    }

    public static ExitReason of(Term reason) {
        return new ExitReason(null, DecodeLimits.DEFAULT, reason);
    }

    /// A reason that goes to peers as these bytes, one term as [dev.pier.erlang.etf.TermEncoder] writes it.
    ///
    /// @param written goes over to the reason
    public static ExitReason ofWritten(byte[] written) {
        return new ExitReason(EncodedTerm.of(written), DecodeLimits.DEFAULT, null, written);
    }

    /// Appends the reason as one term.
    void writeTo(EtfOutput out) {
        if (written != null) {
            out.write(written);
        } else {
            TermEncoder.encode(term(), out);
        }
    }

    /// A reason as it came from a peer.
    ///
    /// @param limits for when it is decoded
    public static ExitReason of(EncodedTerm reason, DecodeLimits limits) {
        return new ExitReason(
                reason,
                new DecodeLimits(Math.min(limits.depth(), MAX_DEPTH), limits.bytes(), limits.digits(), limits.atoms()),
                null);
    }

    /// Whether this is that reason, an atom. Cheap also for a large one that is still encoded.
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
        return known != null ? known.toString() : "a reason of " + (encoded == null ? 0 : encoded.length()) + " bytes";
    }
}
