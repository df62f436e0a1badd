package dev.pier.erlang.term;

import dev.pier.erlang.internal.Unicode;
import dev.pier.erlang.internal.Utf8;

/// Prints binaries as `~tp` does: as text if all characters are printable, else as numbers. Pure.
final class BinaryText {
    private enum Shown {
        NUMBERS,
        LATIN1,
        UTF8
    }

    private BinaryText() {}

    /// @param most how many characters are needed; later ones may be missing
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
        byte[] bytes = binary.array();
        out.append('"');
        boolean ascii = true;
        for (int i = 0; i < bytes.length && !TermText.isFull(out, most); ) {
            int length = Utf8.characterLength(bytes, i, bytes.length);
            TermText.character(Utf8.codePoint(bytes, i, length), '"', out);
            ascii &= length == 1;
            i += length;
        }
        out.append(ascii ? "\"" : "\"/utf8");
    }

    /// Reads UTF-8 up to the first character that cannot be shown. Only if the bytes before it are not UTF-8 does
    /// Erlang try Latin-1.
    private static Shown shown(Binary binary) {
        byte[] bytes = binary.array();
        int i = 0;
        while (i < bytes.length) {
            int length = Utf8.characterLength(bytes, i, bytes.length);
            if (length == 0) {
                return isPrintableLatin1(binary) ? Shown.LATIN1 : Shown.NUMBERS;
            }
            if (!Unicode.isPrintable(Utf8.codePoint(bytes, i, length))) {
                return Shown.NUMBERS;
            }
            i += length;
        }
        return Shown.UTF8;
    }

    private static boolean isPrintableLatin1(Binary binary) {
        for (int i = 0; i < binary.size(); i++) {
            if (!Unicode.isPrintable(binary.byteAt(i))) {
                return false;
            }
        }
        return true;
    }
}
