package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// Decodes terms, and the parts of terms that the protocol itself reads. Pure.
///
/// The bytes are untrusted: every method throws [MalformedTerm] for bytes that are not a term, and neither time,
/// memory nor stack grow with lengths that the bytes merely claim.
public final class TermDecoder {
    private TermDecoder() {}

    /// Decodes the term at the cursor, and moves the cursor to its end.
    public static Term decode(EtfInput in) {
        return TermScalars.isScalar(in.peek1()) ? TermScalars.decode(in) : new TermBuilder(in).build();
    }

    /// Decodes a stored term, such as one of `term_to_binary/1`: with the leading 131, compressed or not.
    ///
    /// Bytes after the term are an error.
    public static Term decodeExternal(byte[] bytes, DecodeLimits limits) {
        EtfInput in = StoredTerm.open(bytes, limits);
        Term term = decode(in);
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes after the term, which ends at byte " + in.position());
        }
        return term;
    }

    public static Atom decodeAtom(EtfInput in) {
        return TermScalars.atom(in, in.read1());
    }

    /// The name of an atom in UTF-8, without tag and length, as in the header of a frame.
    ///
    /// @param length how many bytes the name has
    public static Atom decodeAtomName(EtfInput in, int length) {
        return TermScalars.atomUtf8(in, length);
    }

    public static Pid decodePid(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.NEW_PID, Tag.OLD_PID -> TermScalars.pid(in, tag);
            default -> throw unexpected(in, tag, "a pid");
        };
    }

    public static Reference decodeReference(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.NEWER_REFERENCE, Tag.NEW_REFERENCE, Tag.OLD_REFERENCE -> TermScalars.reference(in, tag);
            default -> throw unexpected(in, tag, "a reference");
        };
    }

    /// An integer that fits into a `long`.
    public static long decodeLong(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.SMALL_INTEGER -> in.read1();
            case Tag.INTEGER -> in.read4();
            case Tag.SMALL_BIG, Tag.LARGE_BIG -> Integers.bigAsLong(in, tag);
            default -> throw unexpected(in, tag, "an integer");
        };
    }

    /// An integer from 0 to 2^64-1, as the bits of a `long`.
    public static long decodeUnsignedLong(EtfInput in) {
        int tag = in.peek1();
        if (tag == Tag.SMALL_BIG || tag == Tag.LARGE_BIG) {
            return Integers.bigAsUnsignedLong(in, in.read1());
        }
        long value = decodeLong(in);
        if (value < 0) {
            throw new MalformedTerm(
                    value + " before byte " + in.position() + ": a negative integer is not allowed here");
        }
        return value;
    }

    /// Reads whether a native record is exported. SEEN: OTP 29, which refuses other values than 0 and 1.
    public static boolean decodeExported(EtfInput in) {
        int exported = in.read1();
        if (exported > 1) {
            throw new MalformedTerm(
                    exported + " before byte " + in.position() + ": a record is exported (1) or not (0)");
        }
        return exported == 1;
    }

    /// Moves the cursor over the part of a native record between the number of its fields and their names.
    public static void decodeRecordName(EtfInput in) {
        boolean _ = decodeExported(in);
        skipAtom(in);
        skipAtom(in);
    }

    /// Moves the cursor to the end of an atom.
    public static void skipAtom(EtfInput in) {
        int tag = in.peek1();
        if (!Tag.isAtom(tag)) {
            in.read1();
            throw unexpected(in, tag, "an atom");
        }
        TermSkipper.skipHead(in);
    }

    /// Reads the head of a tuple.
    ///
    /// @return how many elements follow
    public static int decodeTupleArity(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.SMALL_TUPLE -> in.read1();
            case Tag.LARGE_TUPLE -> in.arity(1);
            default -> throw unexpected(in, tag, "a tuple");
        };
    }

    /// Reads the head of a proper list.
    ///
    /// Refuses STRING_EXT, the form of a list of small integers; it is for lists of other elements.
    ///
    /// @return how many elements follow; if it is above zero, [#decodeListEnd] reads the end after them
    public static int decodeListLength(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.NIL -> 0;
            case Tag.LIST -> {
                int length = in.arity(1);
                if (length == 0) {
                    decodeListEnd(in);
                }
                yield length;
            }
            default -> throw unexpected(in, tag, "a list");
        };
    }

    /// Reads the end of a proper list, after its elements.
    public static void decodeListEnd(EtfInput in) {
        int tag = in.read1();
        if (tag != Tag.NIL) {
            throw unexpected(in, tag, "the end of a list");
        }
    }

    /// Moves the cursor to the end of the term without building the term. Faults that show only in a built term
    /// (a repeated key, bytes that are not UTF-8) are not detected.
    public static void skip(EtfInput in) {
        TermSkipper.skip(in);
    }

    /// Moves the cursor to the end of a scalar, or behind the head of a container.
    ///
    /// @return how many terms the container holds, the tail of a list among them
    public static long skipHead(EtfInput in) {
        return TermSkipper.skipHead(in);
    }

    /// @param in a cursor after the tag
    static MalformedTerm unexpected(EtfInput in, int tag, String wanted) {
        return new MalformedTerm("tag " + tag + " at byte " + (in.position() - 1) + ": expected " + wanted);
    }
}
