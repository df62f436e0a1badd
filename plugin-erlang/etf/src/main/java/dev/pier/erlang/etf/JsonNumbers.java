package dev.pier.erlang.etf;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Numbers of JSON as terms. Pure.
final class JsonNumbers {
    /// Every integer of so many digits fits into 64 bits.
    private static final int LONG_DIGITS = 18;

    /// Every integer below is a float without rounding.
    private static final long EXACT = 1L << 53;

    /// The powers of ten that are floats without rounding.
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };

    private JsonNumbers() {}

    /// Writes the integer with these digits.
    static void integer(byte[] text, int from, int digits, boolean negative, EtfOutput out) {
        if (digits <= LONG_DIGITS) {
            long value = magnitude(text, from, digits);
            TermEncoder.encodeLong(negative ? -value : value, out);
            return;
        }
        BigInteger value = new BigInteger(new String(text, from, digits, StandardCharsets.ISO_8859_1));
        TermEncoder.encodeBigInteger(negative ? value.negate() : value, out);
    }

    private static long magnitude(byte[] text, int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            value = 10 * value + (text[i] - '0');
        }
        return value;
    }

    /// The float that is nearest to the number; infinite beyond the range of floats.
    ///
    /// Most numbers are a few digits and a small power of ten. Both are exact as floats then, so that one
    /// division or multiplication rounds correctly.
    ///
    /// @param from where the number begins, with its sign
    /// @param integerDigits how many digits are before the point
    /// @param fraction where the digits after the point begin
    /// @param fractionDigits how many there are
    /// @param exponent the number's exponent, clamped
    static double floating(
            byte[] text, int from, int to, int integerDigits, int fraction, int fractionDigits, int exponent) {
        boolean negative = text[from] == '-';
        if (integerDigits + fractionDigits <= LONG_DIGITS) {
            long digits = magnitude(text, negative ? from + 1 : from, integerDigits);
            for (int i = fraction; i < fraction + fractionDigits; i++) {
                digits = 10 * digits + (text[i] - '0');
            }
            int power = exponent - fractionDigits;
            if (digits < EXACT && Math.abs(power) < POWERS.length) {
                double value = power < 0 ? digits / POWERS[-power] : digits * POWERS[power];
                return negative ? -value : value;
            }
        }
        return Double.parseDouble(new String(text, from, to - from, StandardCharsets.ISO_8859_1));
    }
}
