package dev.pier.erlang.jackson;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.etf.EtfInput;
import dev.pier.erlang.etf.EtfOutput;
import dev.pier.erlang.etf.Tag;
import dev.pier.erlang.etf.TermEncoder;
import dev.pier.erlang.internal.Unicode;
import org.jspecify.annotations.Nullable;

/// Reads and writes text as lists of code points. Pure.
public final class Charlists {
    private static final int MAX_STRING = 0xffff;
    private static final int MAX_BYTE = 0xff;

    private Charlists() {}

    /// Whether the bytes are text that Erlang would print as such, in Latin-1. False if there are none.
    public static boolean isPrintable(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (!Unicode.isPrintable(bytes[i] & MAX_BYTE)) {
                return false;
            }
        }
        return length > 0;
    }

    /// Whether the elements at the cursor are printable text. The cursor does not move. Stops at the first element
    /// that is not, so that nested lists are not scanned repeatedly.
    public static boolean isPrintableAhead(EtfInput in, int count) {
        int start = in.position();
        boolean printable = count > 0;
        for (int i = 0; i < count && printable; i++) {
            int c = codePoint(in);
            printable = c >= 0 && Unicode.isPrintable(c);
        }
        printable = printable && in.peek1() == Tag.NIL;
        in.seek(start);
        return printable;
    }

    /// The text of the elements at the cursor, which moves to the end of the list.
    ///
    /// @return `null` if they are not code points; the cursor does not move then
    static @Nullable String decode(EtfInput in, int count) {
        int start = in.position();
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            int c = codePoint(in);
            if (c < 0 || !Unicode.isCharacter(c)) {
                in.seek(start);
                return null;
            }
            text.appendCodePoint(c);
        }
        if (in.peek1() != Tag.NIL) {
            in.seek(start);
            return null;
        }
        in.read1();
        return text.toString();
    }

    /// Reads the next element.
    ///
    /// @return -1 if it is not a small enough integer; the position of the cursor is undefined then
    public static int codePoint(EtfInput in) {
        return switch (in.read1()) {
            case Tag.SMALL_INTEGER -> in.read1();
            case Tag.INTEGER -> in.read4();
            default -> -1;
        };
    }

    /// Appends the text as a list of code points.
    ///
    /// @throws BadArgument if the text has a lone surrogate
    public static void encode(String text, EtfOutput out) {
        int count = text.codePointCount(0, text.length());
        if (count == 0) {
            TermEncoder.encodeNil(out);
        } else if (count <= MAX_STRING && text.chars().allMatch(c -> c <= MAX_BYTE)) {
            out.write1(Tag.STRING);
            out.write2(count);
            text.chars().forEach(out::write1);
        } else {
            TermEncoder.encodeListHeader(count, out);
            for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
                int c = text.codePointAt(i);
                if (!Unicode.isCharacter(c)) {
                    throw new BadArgument("lone surrogate at index " + i + ": the text has no Unicode form");
                }
                TermEncoder.encodeLong(c, out);
            }
            TermEncoder.encodeNil(out);
        }
    }
}
