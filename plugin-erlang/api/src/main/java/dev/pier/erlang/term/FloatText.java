package dev.pier.erlang.term;

import java.math.BigDecimal;
import java.math.MathContext;

/// Prints floats as `float_to_list(F, [short])` does: with the fewest digits that read back as the same float, and
/// an exponent where that is shorter. Pure.
final class FloatText {
    /// From here on not every integer is a float, and Erlang always writes an exponent.
    private static final double EXPONENT_FROM = 0x1p53;

    private FloatText() {}

    static void print(double value, StringBuilder out) {
        if (Double.doubleToRawLongBits(value) < 0) {
            out.append('-');
        }
        double positive = Math.abs(value);
        if (positive == 0) {
            out.append("0.0");
            return;
        }
        BigDecimal shortest = shortest(positive);
        String digits = shortest.unscaledValue().toString();
        // The value is 0.digits times ten to this power.
        int point = digits.length() - shortest.scale();
        if (positive >= EXPONENT_FROM || isShorterWithExponent(digits.length(), point)) {
            out.append(digits.charAt(0)).append('.').append(digits.length() == 1 ? "0" : digits.substring(1));
            out.append('e').append(point - 1);
        } else if (point <= 0) {
            out.append("0.").repeat('0', -point).append(digits);
        } else if (point >= digits.length()) {
            out.append(digits).repeat('0', point - digits.length()).append(".0");
        } else {
            out.append(digits, 0, point).append('.').append(digits, point, digits.length());
        }
    }

    private static BigDecimal shortest(double value) {
        BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (shortest.precision() == 2) {
            // Java prints two digits even where one suffices: 4.9E-324 for 5.0e-324.
            BigDecimal oneDigit = shortest.round(new MathContext(1));
            if (oneDigit.doubleValue() == value) {
                return oneDigit.stripTrailingZeros();
            }
        }
        return shortest;
    }

    private static boolean isShorterWithExponent(int digits, int point) {
        if (point >= 0 && point < digits) {
            return false;
        }
        int exponent = Integer.toString(point - 1).length() + 1 + (digits == 1 ? 2 : 1);
        int zeros = point < 0 ? 2 - point : point - digits + 2;
        return zeros > exponent;
    }
}
