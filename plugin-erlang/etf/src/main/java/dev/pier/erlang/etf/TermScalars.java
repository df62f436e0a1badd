package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.internal.Utf8;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Bitstring;
import dev.pier.erlang.term.ExternalFun;
import dev.pier.erlang.term.FloatTerm;
import dev.pier.erlang.term.Fun;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Decodes the terms that are not containers; some hold the names of nodes, modules and functions. Pure.
final class TermScalars {
    private static final int FLOAT_TEXT_BYTES = 31;
    private static final Pattern FLOAT_TEXT = Pattern.compile("[+-]?[0-9]+\\.[0-9]+(?:[eE][+-]?[0-9]+)?");

    private TermScalars() {}

    /// Whether the tag does not begin a container. True for invalid tags, too, which [#decode] refuses.
    static boolean isScalar(int tag) {
        return switch (tag) {
            case Tag.SMALL_TUPLE, Tag.LARGE_TUPLE, Tag.LIST, Tag.MAP, Tag.RECORD, Tag.NEW_FUN -> false;
            default -> true;
        };
    }

    static Term decode(EtfInput in) {
        int tag = in.read1();
        return switch (tag) {
            case Tag.SMALL_INTEGER -> IntegerTerm.of(in.read1());
            case Tag.INTEGER -> IntegerTerm.of(in.read4());
            case Tag.SMALL_BIG, Tag.LARGE_BIG -> Integers.big(in, tag);
            case Tag.NEW_FLOAT -> finite(in, Double.longBitsToDouble(in.read8()));
            case Tag.FLOAT -> floatText(in);
            case Tag.NIL -> ListTerm.EMPTY;
            case Tag.STRING -> ListTerm.ofBytes(bytes(in, in.read2()));
            case Tag.BINARY -> bytes(in, in.length());
            case Tag.BIT_BINARY -> bits(in);
            case Tag.NEW_PID, Tag.OLD_PID -> pid(in, tag);
            case Tag.NEW_PORT, Tag.V4_PORT, Tag.OLD_PORT -> port(in, tag);
            case Tag.NEWER_REFERENCE, Tag.NEW_REFERENCE, Tag.OLD_REFERENCE -> reference(in, tag);
            case Tag.EXPORT -> externalFun(in);
            case Tag.LOCAL -> throw refused(in, "LOCAL_EXT is readable on its own node only");
            case Tag.COMPRESSED -> throw refused(in, "a compressed term is not allowed here");
            case Tag.VERSION -> throw refused(in, "a version number is not allowed inside a term");
            case Tag.OLD_FUN -> throw refused(in, "FUN_EXT is not supported (OTP removed it in release 23)");
            default -> atom(in, tag);
        };
    }

    static Atom atom(EtfInput in, int tag) {
        in.countAtom();
        return switch (tag) {
            case Tag.SMALL_ATOM_UTF8 -> atomUtf8(in, in.read1());
            case Tag.ATOM_UTF8 -> atomUtf8(in, in.read2());
            case Tag.ATOM_CACHE_REF -> in.cachedAtom(in.read1());
            case Tag.SMALL_ATOM -> atomLatin1(in, in.read1());
            case Tag.ATOM -> atomLatin1(in, in.read2());
            default -> throw TermDecoder.unexpected(in, tag, "a term");
        };
    }

    static Pid pid(EtfInput in, int tag) {
        Atom node = atom(in, in.read1());
        int id = in.read4();
        int serial = in.read4();
        return new Pid(node, id, serial, tag == Tag.NEW_PID ? in.read4() : in.read1());
    }

    private static Port port(EtfInput in, int tag) {
        Atom node = atom(in, in.read1());
        long id = tag == Tag.V4_PORT ? in.read8() : Integer.toUnsignedLong(in.read4());
        return new Port(node, id, tag == Tag.OLD_PORT ? in.read1() : in.read4());
    }

    static Reference reference(EtfInput in, int tag) {
        if (tag == Tag.OLD_REFERENCE) {
            Atom node = atom(in, in.read1());
            int word = in.read4();
            return new Reference(node, in.read1(), word);
        }
        int count = in.read2();
        if (count < 1 || count > Reference.MAX_WORDS) {
            throw new MalformedTerm("a reference of " + count + " words before byte " + in.position());
        }
        Atom node = atom(in, in.read1());
        int creation = tag == Tag.NEWER_REFERENCE ? in.read4() : in.read1();
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = in.read4();
        }
        return new Reference(node, creation, words);
    }

    static Binary bytes(EtfInput in, int length) {
        int start = in.skip(length);
        return length == 0 ? Binary.EMPTY : Binary.of(in.bytes(), start, length);
    }

    private static Term bits(EtfInput in) {
        int length = in.length();
        int lastBits = in.read1();
        // SEEN: OTP 25. Erlang reads no bits in no bytes as the empty binary, and closes the connection for the
        // others.
        if (lastBits > Byte.SIZE || (lastBits == 0) != (length == 0)) {
            throw new MalformedTerm(
                    lastBits + " bits in the last of " + length + " bytes, before byte " + in.position());
        }
        Binary bytes = bytes(in, length);
        return lastBits % Byte.SIZE == 0 ? bytes : new Bitstring(bytes, lastBits);
    }

    private static Fun externalFun(EtfInput in) {
        Atom module = atom(in, in.read1());
        Atom function = atom(in, in.read1());
        int tag = in.read1();
        if (tag != Tag.SMALL_INTEGER) {
            throw TermDecoder.unexpected(in, tag, "the arity of a fun");
        }
        return new ExternalFun(module, function, in.read1());
    }

    private static FloatTerm floatText(EtfInput in) {
        int start = in.skip(FLOAT_TEXT_BYTES);
        int length = 0;
        while (length < FLOAT_TEXT_BYTES && in.bytes()[start + length] != 0) {
            length++;
        }
        String text = new String(in.bytes(), start, length, StandardCharsets.ISO_8859_1);
        if (!FLOAT_TEXT.matcher(text).matches()) {
            throw new MalformedTerm("the text before byte " + in.position() + " is not a float");
        }
        return finite(in, Double.parseDouble(text));
    }

    private static FloatTerm finite(EtfInput in, double value) {
        if (!Double.isFinite(value)) {
            throw new MalformedTerm(value + " before byte " + in.position() + ": floats must be finite");
        }
        return new FloatTerm(value);
    }

    private static Atom atomLatin1(EtfInput in, int length) {
        int start = in.skip(length);
        return newAtom(in, new String(in.bytes(), start, length, StandardCharsets.ISO_8859_1));
    }

    static Atom atomUtf8(EtfInput in, int length) {
        int start = in.skip(length);
        if (length <= AtomInterner.MAX_LENGTH && Utf8.kind(in.bytes(), start, length) == Utf8.ASCII) {
            return AtomInterner.ascii(in.bytes(), start, length);
        }
        String name = Utf8.decode(in.bytes(), start, length);
        if (name == null) {
            throw new MalformedTerm("the name of the atom before byte " + in.position() + " is not UTF-8");
        }
        return newAtom(in, name);
    }

    private static Atom newAtom(EtfInput in, String name) {
        try {
            return new Atom(name);
        } catch (IllegalArgumentException e) {
            throw new MalformedTerm("before byte " + in.position() + ": " + e.getMessage(), e);
        }
    }

    private static MalformedTerm refused(EtfInput in, String what) {
        return new MalformedTerm(
                "tag " + (in.bytes()[in.position() - 1] & 0xff) + " at byte " + (in.position() - 1) + ": " + what);
    }
}
