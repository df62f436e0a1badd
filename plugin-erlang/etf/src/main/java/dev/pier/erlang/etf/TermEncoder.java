package dev.pier.erlang.etf;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Port;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Encodes terms, and the parts of terms that the protocol itself writes, as Erlang does. Pure.
///
/// A term that Erlang could not read is refused with [BadArgument], because a peer closes the whole connection for
/// it. After that the output may hold a part of the term.
public final class TermEncoder {
    /// How deep a term may be nested: the default limit of decoding.
    public static final int MAX_DEPTH = 10_000;

    static final int MAX_STRING_LENGTH = 0xffff;

    /// How many bits an integer may have. Erlang's own limit depends on the release; all releases accept this many.
    static final int MAX_INTEGER_BITS = (1 << 22) - 1;

    private static final int FIRST_CAPACITY = 64;
    private static final long NEW_PORT_BELOW = 1L << 28;

    private TermEncoder() {}

    /// Appends the term, without the leading 131.
    ///
    /// @throws BadArgument if the term is nested deeper than [#MAX_DEPTH]
    public static void encode(Term term, EtfOutput out) {
        TermWriter.write(term, out);
    }

    /// The encoded term, without the leading 131.
    ///
    /// @throws BadArgument if the term is nested deeper than [#MAX_DEPTH]
    public static byte[] encode(Term term) {
        var out = new EtfOutput(FIRST_CAPACITY);
        encode(term, out);
        return out.toByteArray();
    }

    /// The encoded term with the leading 131, as `binary_to_term/1` reads it.
    public static byte[] encodeExternal(Term term) {
        var out = new EtfOutput(FIRST_CAPACITY);
        out.write1(Tag.VERSION);
        encode(term, out);
        return out.toByteArray();
    }

    /// @throws BadArgument if the name is longer than 255 characters, or has a lone surrogate
    public static void encodeAtom(String name, EtfOutput out) {
        try {
            encodeAtom(new Atom(name), out);
        } catch (IllegalArgumentException e) {
            throw new BadArgument(String.valueOf(e.getMessage()), e);
        }
    }

    public static void encodeAtom(Atom atom, EtfOutput out) {
        String name = atom.name();
        int length = name.length();
        if (length <= 0xff) {
            int start = out.claim(2 + length);
            if (putAscii(name, out.array(), start + 2)) {
                out.array()[start] = (byte) Tag.SMALL_ATOM_UTF8;
                out.array()[start + 1] = (byte) length;
                return;
            }
            out.truncate(start);
        }
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= 0xff) {
            out.write1(Tag.SMALL_ATOM_UTF8);
            out.write1(utf8.length);
        } else {
            out.write1(Tag.ATOM_UTF8);
            out.write2(utf8.length);
        }
        out.write(utf8);
    }

    public static void encodePid(Pid pid, EtfOutput out) {
        out.write1(Tag.NEW_PID);
        encodeAtom(pid.node(), out);
        out.write4(pid.id());
        out.write4(pid.serial());
        out.write4(pid.creation());
    }

    static void encodePort(Port port, EtfOutput out) {
        // An id of 64 bits is unsigned: a negative long is above the limit.
        boolean small = port.id() >= 0 && port.id() < NEW_PORT_BELOW;
        out.write1(small ? Tag.NEW_PORT : Tag.V4_PORT);
        encodeAtom(port.node(), out);
        if (small) {
            out.write4((int) port.id());
        } else {
            out.write8(port.id());
        }
        out.write4(port.creation());
    }

    public static void encodeReference(Reference reference, EtfOutput out) {
        out.write1(Tag.NEWER_REFERENCE);
        out.write2(reference.wordCount());
        encodeAtom(reference.node(), out);
        out.write4(reference.creation());
        for (int i = 0; i < reference.wordCount(); i++) {
            out.write4(reference.word(i));
        }
    }

    public static void encodeLong(long value, EtfOutput out) {
        if (value >= 0 && value <= 0xff) {
            out.write1(Tag.SMALL_INTEGER);
            out.write1((int) value);
        } else if (value == (int) value) {
            out.write1(Tag.INTEGER);
            out.write4((int) value);
        } else {
            encodeMagnitude(Math.abs(value), value < 0, out);
        }
    }

    /// Appends the integer from 0 to 2^64-1 that has these bits.
    public static void encodeUnsignedLong(long bits, EtfOutput out) {
        if (bits >= 0) {
            encodeLong(bits, out);
        } else {
            encodeMagnitude(bits, false, out);
        }
    }

    /// @throws BadArgument if the value has more bits than Erlang's integers have
    public static void encodeBigInteger(BigInteger value, EtfOutput out) {
        if (value.bitLength() < Long.SIZE) {
            encodeLong(value.longValue(), out);
            return;
        }
        if (value.bitLength() > MAX_INTEGER_BITS) {
            throw new BadArgument(
                    "the integer is too large: " + value.bitLength() + " bits (at most " + MAX_INTEGER_BITS + ")");
        }
        byte[] magnitude = value.abs().toByteArray();
        int leadingZero = magnitude[0] == 0 ? 1 : 0;
        int length = magnitude.length - leadingZero;
        if (length <= 0xff) {
            out.write1(Tag.SMALL_BIG);
            out.write1(length);
        } else {
            out.write1(Tag.LARGE_BIG);
            out.write4(length);
        }
        out.write1(value.signum() < 0 ? 1 : 0);
        int start = out.claim(length);
        for (int i = 0; i < length; i++) {
            out.array()[start + i] = magnitude[magnitude.length - 1 - i];
        }
    }

    /// @throws BadArgument for NaN and infinities
    public static void encodeDouble(double value, EtfOutput out) {
        if (!Double.isFinite(value)) {
            throw new BadArgument(value + " has no Erlang form: floats must be finite");
        }
        out.write1(Tag.NEW_FLOAT);
        out.write8(Double.doubleToRawLongBits(value));
    }

    public static void encodeBinary(Binary binary, EtfOutput out) {
        out.write1(Tag.BINARY);
        out.write4(binary.size());
        int start = out.claim(binary.size());
        binary.copyTo(out.array(), start);
    }

    public static void encodeBinary(byte[] bytes, EtfOutput out) {
        encodeBinary(bytes, 0, bytes.length, out);
    }

    public static void encodeBinary(byte[] bytes, int offset, int length, EtfOutput out) {
        out.write1(Tag.BINARY);
        out.write4(length);
        out.write(bytes, offset, length);
    }

    /// Appends the text as a binary of UTF-8.
    ///
    /// @throws BadArgument if the text has a lone surrogate
    public static void encodeBinary(String text, EtfOutput out) {
        int start = out.size();
        out.write1(Tag.BINARY);
        out.write4(text.length());
        int first = out.claim(text.length());
        if (putAscii(text, out.array(), first)) {
            return;
        }
        out.truncate(start);
        try {
            encodeBinary(Binary.of(text), out);
        } catch (IllegalArgumentException e) {
            throw new BadArgument(String.valueOf(e.getMessage()), e);
        }
    }

    /// Appends the head of a tuple; `arity` elements must follow.
    ///
    /// @throws BadArgument if Erlang has no tuples of that arity
    public static void encodeTupleHeader(int arity, EtfOutput out) {
        if (arity < 0 || arity > Tuple.MAX_ARITY) {
            throw new BadArgument("a tuple has 0 to " + Tuple.MAX_ARITY + " elements, not " + arity);
        }
        if (arity <= 0xff) {
            out.write1(Tag.SMALL_TUPLE);
            out.write1(arity);
        } else {
            out.write1(Tag.LARGE_TUPLE);
            out.write4(arity);
        }
    }

    /// Appends the head of a list; `length` elements must follow, and then its end, usually [#encodeNil]. For 0
    /// elements nothing is written, because the end alone is the empty list.
    public static void encodeListHeader(int length, EtfOutput out) {
        if (length > 0) {
            out.write1(Tag.LIST);
            out.write4(length);
        }
    }

    /// Appends the empty list, which is also the end of every proper list.
    public static void encodeNil(EtfOutput out) {
        out.write1(Tag.NIL);
    }

    /// Appends the head of a map; `pairs` keys must follow, each with its value after it. No key may be repeated.
    public static void encodeMapHeader(int pairs, EtfOutput out) {
        out.write1(Tag.MAP);
        out.write4(pairs);
    }

    private static void encodeMagnitude(long magnitude, boolean negative, EtfOutput out) {
        int length = Long.BYTES - Long.numberOfLeadingZeros(magnitude) / Byte.SIZE;
        out.write1(Tag.SMALL_BIG);
        out.write1(length);
        out.write1(negative ? 1 : 0);
        for (int i = 0; i < length; i++) {
            out.write1((int) (magnitude >>> (i * Byte.SIZE)));
        }
    }

    private static boolean putAscii(String text, byte[] target, int position) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return false;
            }
            target[position + i] = (byte) c;
        }
        return true;
    }
}
