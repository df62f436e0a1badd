package dev.pier.erlang.etf;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The bytes of one term, without the leading 131, and the atoms of its cache references. Immutable; safe for many
/// threads.
///
/// Hazard: the arrays are shared, not copied. The caller that creates an instance must not write to them any more.
public final class EncodedTerm {
    private static final Atom[] NO_ATOMS = {};

    /// In bytes: the memory of an atom besides the characters of its name.
    private static final int ATOM_OVERHEAD = 56;

    /// In bytes: fewer that are not the term's own are not worth a copy.
    private static final int MIN_FOREIGN_BYTES = 512;

    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final Atom[] atoms;
    private final @Nullable Runnable checkpoint;

    /// @param atoms the atoms of the cache references 0, 1, … in the bytes
    public EncodedTerm(byte[] bytes, int offset, int length, Atom[] atoms) {
        this(bytes, offset, length, atoms, null);
    }

    private EncodedTerm(byte[] bytes, int offset, int length, Atom[] atoms, @Nullable Runnable checkpoint) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.atoms = atoms;
        this.checkpoint = checkpoint;
    }

    public static EncodedTerm of(byte[] bytes) {
        return new EncodedTerm(bytes, 0, bytes.length, NO_ATOMS);
    }

    /// @throws dev.pier.erlang.BadArgument if the term is nested deeper than [TermEncoder#MAX_DEPTH]
    public static EncodedTerm of(Term term) {
        return of(TermEncoder.encode(term));
    }

    public int length() {
        return length;
    }

    /// How many bytes of memory the term keeps from being freed: all of the array that it shares, and the
    /// atoms. An atom that other terms share counts for each of them.
    public long retainedBytes() {
        long retained = bytes.length;
        for (Atom atom : atoms) {
            retained += ATOM_OVERHEAD + (long) Character.BYTES * atom.name().length();
        }
        return retained;
    }

    /// The term, copied into an array of its own if most of the array that it shares is not its own.
    public EncodedTerm compact() {
        return bytes.length - length > Math.max(length, MIN_FOREIGN_BYTES) ? copy() : this;
    }

    /// The same term; while it is decoded, `newCheckpoint` is run about every 64 KiB, and may throw to end the
    /// decoding.
    public EncodedTerm withCheckpoint(Runnable newCheckpoint) {
        return new EncodedTerm(bytes, offset, length, atoms, newCheckpoint);
    }

    /// A copy of the term in an array of its own.
    public EncodedTerm copy() {
        return new EncodedTerm(Arrays.copyOfRange(bytes, offset, offset + length), 0, length, atoms);
    }

    /// Appends the bytes as they are: atoms stay references to [#atoms].
    public void appendTo(EtfOutput out) {
        out.write(bytes, offset, length);
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    /// The atoms of the cache references 0, 1, … in the bytes.
    public Atom[] atoms() {
        return atoms;
    }

    /// Opens a cursor at the term's first byte.
    public EtfInput open(DecodeLimits limits) {
        return new EtfInput(bytes, offset, length, atoms, limits, checkpoint);
    }

    /// The bytes from a cursor over this term to the end, as a term of their own.
    public EncodedTerm from(EtfInput cursor) {
        return new EncodedTerm(bytes, cursor.position(), cursor.remaining(), atoms);
    }

    /// The element at a cursor over this term, as a term of its own. The cursor moves to its end.
    ///
    /// @throws dev.pier.erlang.MalformedTerm if there is none
    public EncodedTerm next(EtfInput cursor) {
        int start = cursor.position();
        TermDecoder.skip(cursor);
        return new EncodedTerm(bytes, start, cursor.position() - start, atoms);
    }

    /// @throws dev.pier.erlang.MalformedTerm if the bytes are not a term within the limits
    public Term decode(DecodeLimits limits) {
        return TermDecoder.decode(open(limits));
    }
}
