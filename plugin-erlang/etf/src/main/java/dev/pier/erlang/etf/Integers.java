package dev.pier.erlang.etf;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import java.math.BigInteger;

/// Decodes SMALL_BIG_EXT and LARGE_BIG_EXT: a sign and a magnitude, least significant byte first, in any number of
/// bytes. Pure.
final class Integers {
    private static final double DIGITS_PER_BYTE = 8 * Math.log10(2);

    private Integers() {}

    static Term big(EtfInput in, int tag) {
        int length = bigLength(in, tag);
        boolean negative = in.read1() != 0;
        int start = in.skip(length);
        int significant = significant(in, start, length);
        if (significant <= Long.BYTES) {
            long magnitude = magnitude(in, start, significant);
            if (magnitude >= 0) {
                return IntegerTerm.of(negative ? -magnitude : magnitude);
            }
        }
        byte[] bigEndian = new byte[significant];
        for (int i = 0; i < significant; i++) {
            bigEndian[i] = in.bytes()[start + significant - 1 - i];
        }
        return IntegerTerm.of(new BigInteger(negative ? -1 : 1, bigEndian));
    }

    static long bigAsLong(EtfInput in, int tag) {
        int length = bigLength(in, tag);
        boolean negative = in.read1() != 0;
        int start = in.skip(length);
        int significant = significant(in, start, length);
        if (significant <= Long.BYTES) {
            long magnitude = magnitude(in, start, significant);
            // The magnitude of Long.MIN_VALUE is its own negation; no other magnitude with the top bit fits.
            if (magnitude >= 0 || (negative && magnitude == Long.MIN_VALUE)) {
                return negative ? -magnitude : magnitude;
            }
        }
        throw new MalformedTerm("the integer before byte " + in.position() + " does not fit into 64 bits");
    }

    static long bigAsUnsignedLong(EtfInput in, int tag) {
        int length = bigLength(in, tag);
        boolean negative = in.read1() != 0;
        int start = in.skip(length);
        int significant = significant(in, start, length);
        if (significant > Long.BYTES || (negative && significant > 0)) {
            throw new MalformedTerm("the integer before byte " + in.position() + " is not from 0 to 2^64-1");
        }
        return magnitude(in, start, significant);
    }

    /// Reads how many bytes the magnitude has; the sign follows, and then the magnitude.
    static int bigLength(EtfInput in, int tag) {
        int length = tag == Tag.SMALL_BIG ? in.read1() : in.length();
        requireDigits(in, length);
        return length;
    }

    /// Checks the limit of an integer whose magnitude has that many bytes.
    static void requireDigits(EtfInput in, int length) {
        if (length * DIGITS_PER_BYTE > in.limits().digits()) {
            throw new MalformedTerm("an integer of " + length + " bytes at byte " + in.position() + ", more than "
                    + in.limits().digits() + " digits (limit digits)");
        }
    }

    private static int significant(EtfInput in, int start, int length) {
        int significant = length;
        while (significant > 0 && in.bytes()[start + significant - 1] == 0) {
            significant--;
        }
        return significant;
    }

    private static long magnitude(EtfInput in, int start, int length) {
        long magnitude = 0;
        for (int i = length - 1; i >= 0; i--) {
            magnitude = magnitude << 8 | (in.bytes()[start + i] & 0xff);
        }
        return magnitude;
    }
}
