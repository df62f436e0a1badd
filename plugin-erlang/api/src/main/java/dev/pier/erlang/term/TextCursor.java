package dev.pier.erlang.term;

/// A cursor over text that is being parsed. Its errors name the place. For one thread.
final class TextCursor {
    private static final int SHOWN = 20;

    private final String text;
    private int position;

    TextCursor(String text) {
        this.text = text;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position == text.length();
    }

    /// The next code point without moving the cursor; -1 at the end.
    int peek() {
        return atEnd() ? -1 : text.codePointAt(position);
    }

    int read() {
        int c = peek();
        if (c < 0) {
            throw error("unexpected end of the text");
        }
        position += Character.charCount(c);
        return c;
    }

    boolean isNext(String expected) {
        return text.startsWith(expected, position);
    }

    boolean accept(String expected) {
        boolean accepted = isNext(expected);
        if (accepted) {
            position += expected.length();
        }
        return accepted;
    }

    void expect(String expected) {
        if (!accept(expected)) {
            throw error("expected '" + expected + "'");
        }
    }

    /// As [#accept], with space before and after it.
    boolean acceptSpaced(String expected) {
        int start = position;
        skipSpace();
        if (accept(expected)) {
            skipSpace();
            return true;
        }
        position = start;
        return false;
    }

    void skipSpace() {
        while (!atEnd() && (text.charAt(position) <= ' ' || text.charAt(position) == 0xa0)) {
            position++;
        }
    }

    /// Moves the cursor back to an earlier position.
    void moveTo(int earlier) {
        position = earlier;
    }

    String from(int start) {
        return text.substring(start, position);
    }

    IllegalArgumentException error(String what) {
        return error(position, what);
    }

    IllegalArgumentException error(int at, String what) {
        String rest = text.substring(at, Math.min(text.length(), at + SHOWN)).replace('\n', ' ');
        String near = rest.isEmpty() ? "at its end" : "before '" + rest + "'";
        return new IllegalArgumentException(
                "not a term: at character " + (text.codePointCount(0, at) + 1) + ", " + near + ": " + what);
    }
}
