package dev.pier.erlang.term;

/// Prints binaries: as text where all of it can be shown, as `~tp` does, else as numbers.
final class BinaryText {
    private enum Shown {
        NUMBERS,
        LATIN1,
        UTF8
    }

    private BinaryText() {}

    /// @param most how many characters are wanted; what comes after them may be missing
    static void print(Binary binary, StringBuilder out, int most) {
        out.append("<<");
        switch (binary.size() == 0 ? Shown.NUMBERS : shown(binary)) {
            case NUMBERS -> numbers(binary, binary.size(), out, most);
            case LATIN1 -> latin1(binary, out, most);
            case UTF8 -> utf8(binary, out, most);
        }
        out.append(">>");
    }

    static void print(Bitstring bits, StringBuilder out, int most) {
        int whole = bits.bytes().size() - 1;
        out.append("<<");
        numbers(bits.bytes(), whole, out, most);
        out.append(whole == 0 ? "" : ",")
                .append(bits.bytes().byteAt(whole) >> (Byte.SIZE - bits.lastBits()))
                .append(':')
                .append(bits.lastBits())
                .append(">>");
    }

    private static void numbers(Binary binary, int count, StringBuilder out, int most) {
        for (int i = 0; i < count && !TermText.isFull(out, most); i++) {
            out.append(i == 0 ? "" : ",").append(binary.byteAt(i));
        }
    }

    private static void latin1(Binary binary, StringBuilder out, int most) {
        out.append('"');
        for (int i = 0; i < binary.size() && !TermText.isFull(out, most); i++) {
            TermText.character(binary.byteAt(i), '"', out);
        }
        out.append('"');
    }

    private static void utf8(Binary binary, StringBuilder out, int most) {
        out.append('"');
        boolean ascii = true;
        for (int i = 0; i < binary.size() && !TermText.isFull(out, most); ) {
            int length = utf8Length(binary, i);
            TermText.character(codePoint(binary, i, length), '"', out);
            ascii &= length == 1;
            i += length;
        }
        out.append(ascii ? "\"" : "\"/utf8");
    }

    /// Goes on in UTF-8 up to a character that cannot be shown; only where the bytes are no UTF-8 before that does
    /// Erlang try them as Latin-1.
    private static Shown shown(Binary binary) {
        int i = 0;
        while (i < binary.size()) {
            int length = utf8Length(binary, i);
            if (length == 0) {
                return isPrintableLatin1(binary) ? Shown.LATIN1 : Shown.NUMBERS;
            }
            if (!TermText.isPrintable(codePoint(binary, i, length))) {
                return Shown.NUMBERS;
            }
            i += length;
        }
        return Shown.UTF8;
    }

    private static boolean isPrintableLatin1(Binary binary) {
        for (int i = 0; i < binary.size(); i++) {
            if (!TermText.isPrintable(binary.byteAt(i))) {
                return false;
            }
        }
        return true;
    }

    /// How many bytes the character there has, or 0 if there is no UTF-8.
    private static int utf8Length(Binary binary, int at) {
        int first = binary.byteAt(at);
        int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (length > binary.size() - at) {
            return 0;
        }
        for (int i = 1; i < length; i++) {
            if ((binary.byteAt(at + i) & 0xc0) != 0x80) {
                return 0;
            }
        }
        int codePoint = codePoint(binary, at, length);
        boolean overlong = (length == 3 && codePoint < 0x800) || (length == 4 && codePoint < 0x10000);
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        return overlong || surrogate || codePoint > Character.MAX_CODE_POINT ? 0 : length;
    }

    private static int codePoint(Binary binary, int at, int length) {
        int codePoint = length <= 1 ? binary.byteAt(at) : binary.byteAt(at) & (0xff >> (length + 1));
        for (int i = 1; i < length; i++) {
            codePoint = (codePoint << 6) | (binary.byteAt(at + i) & 0x3f);
        }
        return codePoint;
    }
}
