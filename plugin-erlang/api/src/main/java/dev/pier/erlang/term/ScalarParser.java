package dev.pier.erlang.term;

import dev.pier.erlang.internal.Unicode;
import java.math.BigInteger;

/// Reads the terms that are not containers: numbers, characters, atoms, strings, and `fun m:f/1`. Pure.
final class ScalarParser {
    private static final int MAX_DIGITS = 100_000;

    private ScalarParser() {}

    static Term parse(TextCursor in) {
        int c = in.peek();
        if (c == '-' || c == '+') {
            in.read();
            in.skipSpace();
            return number(in, c == '-');
        }
        if (isDigit(c)) {
            return number(in, false);
        }
        return switch (c) {
            case '$' -> character(in, false);
            case '"' ->
                new ListTerm(
                        quoted(in).codePoints().<Term>mapToObj(IntegerTerm::of).toList());
            case '\'' -> atom(in);
            default -> {
                if (!TermText.isLowerCase(c)) {
                    throw in.error(c < 0 ? "expected a term" : "no term begins with this character");
                }
                int start = in.position();
                Atom atom = atom(in);
                yield in.from(start).equals("fun") ? fun(in) : atom;
            }
        };
    }

    /// An atom, bare or quoted.
    static Atom atom(TextCursor in) {
        int start = in.position();
        String name;
        if (in.peek() == '\'') {
            name = quoted(in);
        } else if (TermText.isLowerCase(in.peek())) {
            while (TermText.isNameCharacter(in.peek())) {
                in.read();
            }
            name = in.from(start);
        } else {
            throw in.error("expected an atom");
        }
        try {
            return new Atom(name);
        } catch (IllegalArgumentException e) {
            throw in.error(start, String.valueOf(e.getMessage()));
        }
    }

    private static ExternalFun fun(TextCursor in) {
        in.skipSpace();
        Atom module = atom(in);
        require(in, ":");
        Atom function = atom(in);
        require(in, "/");
        int start = in.position();
        Term arity = isDigit(in.peek()) ? number(in, false) : ListTerm.EMPTY;
        if (!(arity instanceof IntegerTerm(long value)) || value > Fun.MAX_ARITY) {
            throw in.error(start, "expected the arity of a fun, 0 to " + Fun.MAX_ARITY);
        }
        return new ExternalFun(module, function, (int) value);
    }

    private static void require(TextCursor in, String expected) {
        if (!in.acceptSpaced(expected)) {
            throw in.error("expected '" + expected + "'");
        }
    }

    /// Text in quotes; the opening one determines the closing one.
    static String quoted(TextCursor in) {
        int quote = in.read();
        var text = new StringBuilder();
        while (true) {
            int start = in.position();
            int c = in.read();
            if (c == quote) {
                return text.toString();
            }
            int character = c == '\\' ? escaped(in, start) : c;
            if (!Unicode.isCharacter(character)) {
                throw in.error(start, "half of a surrogate pair is not a character");
            }
            text.appendCodePoint(character);
        }
    }

    private static int escaped(TextCursor in, int start) {
        int c = in.read();
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'e' -> 0x1b;
            case 's' -> ' ';
            case 'd' -> 0x7f;
            case '^' -> in.read() & 0x1f;
            case 'x' -> hexadecimal(in, start);
            default -> c >= '0' && c <= '7' ? octal(in, c) : c;
        };
    }

    private static int octal(TextCursor in, int first) {
        int value = first - '0';
        for (int i = 0; i < 2 && in.peek() >= '0' && in.peek() <= '7'; i++) {
            value = value * 8 + (in.read() - '0');
        }
        return value;
    }

    /// `\x41` or `\x{1F600}`.
    private static int hexadecimal(TextCursor in, int start) {
        boolean braces = in.accept("{");
        int value = 0;
        int digits = 0;
        while ((braces || digits < 2) && Character.digit(in.peek(), 16) >= 0) {
            value = value * 16 + Character.digit(in.read(), 16);
            digits++;
            if (value > Character.MAX_CODE_POINT) {
                throw in.error(start, "a character above 16#10FFFF");
            }
        }
        if (braces ? digits == 0 || !in.accept("}") : digits < 2) {
            throw in.error(start, "a character is \\xHH or \\x{H…}");
        }
        return value;
    }

    private static Term character(TextCursor in, boolean negative) {
        in.expect("$");
        int start = in.position();
        int c = in.read();
        long value = c == '\\' ? escaped(in, start) : c;
        return IntegerTerm.of(negative ? -value : value);
    }

    private static Term number(TextCursor in, boolean negative) {
        if (in.peek() == '$') {
            return character(in, negative);
        }
        int start = in.position();
        String digits = digits(in, 10);
        if (in.accept("#")) {
            int base = base(in, start, digits);
            return integer(in, start, digits(in, base), base, negative);
        }
        int beforePoint = in.position();
        if (in.accept(".") && isDigit(in.peek())) {
            return floating(in, start, digits, negative);
        }
        in.moveTo(beforePoint);
        return integer(in, start, digits, 10, negative);
    }

    private static int base(TextCursor in, int start, String digits) {
        int base = digits.length() > 2 ? 0 : Integer.parseInt(digits);
        if (base < Character.MIN_RADIX || base > Character.MAX_RADIX) {
            throw in.error(start, "a base is 2 to 36, not " + digits);
        }
        return base;
    }

    private static Term integer(TextCursor in, int start, String digits, int base, boolean negative) {
        if (digits.length() > MAX_DIGITS) {
            throw in.error(start, "an integer of more than " + MAX_DIGITS + " digits");
        }
        BigInteger value = new BigInteger(digits, base);
        return IntegerTerm.of(negative ? value.negate() : value);
    }

    private static Term floating(TextCursor in, int start, String whole, boolean negative) {
        var number =
                new StringBuilder(negative ? "-" : "").append(whole).append('.').append(digits(in, 10));
        if (in.accept("e") || in.accept("E")) {
            number.append(in.accept("-") ? "e-" : in.accept("+") ? "e+" : "e").append(digits(in, 10));
        }
        double value = Double.parseDouble(number.toString());
        if (!Double.isFinite(value)) {
            throw in.error(start, "a float that is too large");
        }
        return new FloatTerm(value);
    }

    /// At least one digit; single underscores may stand between digits.
    private static String digits(TextCursor in, int base) {
        var digits = new StringBuilder();
        while (true) {
            if (Character.digit(in.peek(), base) < 0 || in.peek() >= 0x80) {
                throw in.error("expected a digit");
            }
            while (in.peek() < 0x80 && Character.digit(in.peek(), base) >= 0) {
                digits.append((char) in.read());
            }
            if (!in.accept("_")) {
                return digits.toString();
            }
        }
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
