package dev.pier.erlang;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Finds `-record(Name, {Field, Field = Default :: Type})` in Erlang source. Skips everything else, as far as it is
/// well-formed. For one thread.
final class RecordSource {
    /// Words after which commas do not separate fields, up to an `end`.
    private static final Set<String> BLOCKS = Set.of("begin", "case", "if", "receive", "try", "maybe");

    private final String text;
    private int position;

    private RecordSource(String text) {
        this.text = text;
    }

    static RecordDefinitions parse(String source) {
        return new RecordSource(source).definitions();
    }

    private RecordDefinitions definitions() {
        RecordDefinitions all = RecordDefinitions.NONE;
        skipBlank();
        while (position < text.length()) {
            int start = position;
            if (accept("-")) {
                skipBlank();
                if (word().equals("record")) {
                    all = all.and(definition(start));
                }
            }
            skipForm();
            skipBlank();
        }
        return all;
    }

    private RecordDefinitions definition(int start) {
        expect("(");
        Atom name = atom("the name of a record");
        expect(",");
        expect("{");
        List<Atom> fields = new ArrayList<>();
        skipBlank();
        boolean more = !accept("}");
        while (more) {
            fields.add(atom("the name of a field"));
            skipValue();
            more = accept(",");
            if (!more) {
                expect("}");
            }
        }
        expect(")");
        try {
            return RecordDefinitions.of(name, fields);
        } catch (IllegalArgumentException e) {
            throw error(start, String.valueOf(e.getMessage()));
        }
    }

    private Atom atom(String what) {
        skipBlank();
        int start = position;
        if (position < text.length() && text.charAt(position) == '\'') {
            skipQuoted();
        } else if (position < text.length() && Character.isLowerCase(text.charAt(position))) {
            String _ = word();
        }
        try {
            if (start < position && Term.parse(text.substring(start, position)) instanceof Atom atom) {
                return atom;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, with its line.
        }
        throw error(start, "expected " + what);
    }

    /// Skips the default and the type of a field, up to the comma or brace after them.
    private void skipValue() {
        int depth = 0;
        boolean inType = false;
        while (true) {
            skipBlank();
            if (position == text.length()) {
                throw error(position, "a record is not closed");
            }
            int start = position;
            char c = text.charAt(position);
            if (depth == 0 && (c == ',' || c == '}')) {
                return;
            }
            if (accept("<<") || accept("(") || accept("[") || accept("{")) {
                depth++;
            } else if (accept(">>") || accept(")") || accept("]") || accept("}")) {
                depth--;
            } else if (accept("::")) {
                inType |= depth == 0;
            } else if (isWordCharacter(c)) {
                String word = word();
                depth += inType ? 0 : blockDepth(word);
            } else {
                skipOne();
            }
            if (depth < 0 || position == start) {
                throw error(start, "unexpected '" + c + "'");
            }
        }
    }

    /// @return how many blocks the word opens
    private int blockDepth(String word) {
        if (word.equals("fun")) {
            skipBlank();
            // `fun (X) -> … end` and `fun Name(X) -> … end`, but not `fun m:f/1`.
            char next = position < text.length() ? text.charAt(position) : ' ';
            return next == '(' || Character.isUpperCase(next) || next == '_' ? 1 : 0;
        }
        return word.equals("end") ? -1 : BLOCKS.contains(word) ? 1 : 0;
    }

    /// Skips the rest of a form with its full stop.
    private void skipForm() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '%') {
                skipBlank();
            } else if (c == '.') {
                position++;
                if (position == text.length()
                        || Character.isWhitespace(text.charAt(position))
                        || text.charAt(position) == '%') {
                    return;
                }
            } else {
                skipOne();
            }
        }
    }

    /// Skips a character, or a quoted text or `$c` as a whole.
    private void skipOne() {
        char c = text.charAt(position);
        if (c == '"' || c == '\'') {
            skipQuoted();
        } else if (c == '$') {
            position++;
            if (accept("\\")) {
                position++;
            } else {
                position += position < text.length() ? Character.charCount(text.codePointAt(position)) : 0;
            }
            position = Math.min(position, text.length());
        } else {
            position++;
        }
    }

    private void skipQuoted() {
        int start = position;
        if (accept("\"\"\"")) {
            int end = text.indexOf("\"\"\"", position);
            position = end < 0 ? text.length() : end + 3;
            return;
        }
        char quote = text.charAt(position++);
        while (position < text.length()) {
            char c = text.charAt(position++);
            if (c == quote) {
                return;
            }
            position += c == '\\' && position < text.length() ? 1 : 0;
        }
        throw error(start, "a quoted text is not closed");
    }

    private void skipBlank() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '%') {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() : end;
            } else if (Character.isWhitespace(c)) {
                position++;
            } else {
                return;
            }
        }
    }

    private String word() {
        int start = position;
        while (position < text.length() && isWordCharacter(text.charAt(position))) {
            position++;
        }
        return text.substring(start, position);
    }

    private static boolean isWordCharacter(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '@';
    }

    private boolean accept(String expected) {
        boolean accepted = text.startsWith(expected, position);
        position += accepted ? expected.length() : 0;
        return accepted;
    }

    private void expect(String expected) {
        skipBlank();
        if (!accept(expected)) {
            throw error(position, "expected '" + expected + "'");
        }
    }

    private IllegalArgumentException error(int at, String problem) {
        long line = text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
        String rest = text.substring(at, Math.min(text.length(), at + 20))
                .lines()
                .findFirst()
                .orElse("");
        return new IllegalArgumentException(
                "line " + line + ", " + (rest.isEmpty() ? "at its end" : "before '" + rest + "'") + ": " + problem);
    }
}
