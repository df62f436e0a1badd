package dev.pier.erlang.term;

/// Checks and comparisons of Java strings as Erlang text. Pure.
final class Text {
    private Text() {}

    /// Refuses half of a surrogate pair: UTF-8 cannot carry it, and a peer would close the connection.
    static void requireNoLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                throw new IllegalArgumentException("lone surrogate at index " + i + ": the text has no UTF-8 form");
            }
        }
    }

    /// Compares by code points. `String.compareTo` compares UTF-16 units, which orders characters above U+FFFF
    /// wrongly.
    static int compareCodePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNeither = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothOrNeither ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
