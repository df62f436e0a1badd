package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;

/// Decodes terms, and the parts of terms that the protocol itself looks at. Pure: safe wherever its cursor is.
///
/// The bytes are a stranger's: every method throws [MalformedTerm] for what is no term, and neither time, memory
/// nor stack grow with what the bytes only claim.
public final class TermDecoder {
    private TermDecoder() {}

    /// The term at the cursor, which moves behind it.
    public static Term decode(EtfInput in) {
        return TermScalars.isLeaf(in.peek1()) ? TermScalars.decode(in) : new TermBuilder(in).build();
    }

    /// A term as it is stored, by `term_to_binary/1` for one: with the leading 131, compressed or not.
    ///
    /// Bytes behind the term are an error.
    public static Term decodeExternal(byte[] bytes, DecodeLimits limits) {
        EtfInput in = StoredTerm.open(bytes, limits);
        Term term = decode(in);
        if (in.remaining() > 0) {
            throw new MalformedTerm(in.remaining() + " bytes behind the term, which ends at byte " + in.position());
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
            throw new MalformedTerm(value + " before byte " + in.position() + ", where no negative integer may stand");
        }
        return value;
    }

    /// The head of a tuple: that many elements follow.
    public static int decodeTupleArity(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.SMALL_TUPLE -> in.read1();
            case Tag.LARGE_TUPLE -> in.arity(1);
            default -> throw unexpected(in, tag, "a tuple");
        };
    }

    /// The head of a proper list. Where the length is not 0, that many elements follow, and then the end of the
    /// list, which [#decodeListEnd] reads.
    ///
    /// A list of small integers may come as STRING_EXT, which this method refuses: it is for lists of other things.
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

    /// The end of a proper list whose elements have been read.
    public static void decodeListEnd(EtfInput in) {
        int tag = in.read1();
        if (tag != Tag.NIL) {
            throw unexpected(in, tag, "the end of a list");
        }
    }

    /// Moves the cursor behind the term without building it. What could be seen only by building it (a key that
    /// comes twice, bytes that are not UTF-8) passes.
    public static void skip(EtfInput in) {
        TermSkipper.skip(in);
    }

    /// @param in a cursor behind the tag
    static MalformedTerm unexpected(EtfInput in, int tag, String wanted) {
        return new MalformedTerm("tag " + tag + " at byte " + (in.position() - 1) + " where " + wanted + " should be");
    }
}
