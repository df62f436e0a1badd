package dev.pier.erlang.etf;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.Arrays;
import java.util.Objects;

/// The bytes of one term, without the leading 131, and the atoms of its cache references. Immutable; safe for many
/// threads.
///
/// Hazard: the arrays are shared, not copied. The caller that creates an instance must not write to them any more.
public final class EncodedTerm {
    private static final Atom[] NO_ATOMS = {};

    private final byte[] bytes;
    private final int offset;
    private final int length;
    private final Atom[] atoms;

    /// @param atoms the atoms of the cache references 0, 1, … in the bytes
    public EncodedTerm(byte[] bytes, int offset, int length, Atom[] atoms) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        this.atoms = atoms;
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

    /// A copy of the term in an array of its own.
    public EncodedTerm copy() {
        return new EncodedTerm(Arrays.copyOfRange(bytes, offset, offset + length), 0, length, atoms);
    }

    byte[] bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    Atom[] atoms() {
        return atoms;
    }

    /// Opens a cursor at the term's first byte.
    public EtfInput open(DecodeLimits limits) {
        return new EtfInput(bytes, offset, length, atoms, limits);
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
