package dev.pier.erlang.internal;

/// Classes of code points as Erlang sees them. Pure.
public final class Unicode {
    private Unicode() {}

    /// Whether this is a character: a code point that is not half of a surrogate pair.
    public static boolean isCharacter(int c) {
        return Character.isValidCodePoint(c) && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE);
    }

    /// Whether Erlang shows a list or binary of such characters as text.
    ///
    /// OTP: io_lib.erl:printable_unicode_list/1
    public static boolean isPrintable(int c) {
        if (c >= ' ' && c <= '~') {
            return true;
        }
        if (c < ' ') {
            return (c >= '\b' && c <= '\r') || c == 0x1b;
        }
        return c >= 0xa0 && isCharacter(c) && c != 0xfffe && c != 0xffff;
    }
}
