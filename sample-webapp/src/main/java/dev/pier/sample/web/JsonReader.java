package dev.pier.sample.web;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Parses JSON (RFC 8259) into plain Java values: `Map`, `List`, `String`, `Long`, `BigInteger`, `Double`, `Boolean`
/// and `null`. Strict: duplicate names and unpaired surrogates are errors. Depth and digits are bounded, so the cost is
/// proportional to the length of the text. One instance per text; for one thread.
public final class JsonReader {
    static final int MAX_DEPTH = 100;
    static final int MAX_DIGITS = 1000;

    private final String text;

    /// Index of the next character.
    private int at;

    private int depth;

    private JsonReader(String text) {
        this.text = text;
    }

    /// @throws BadRequest if the text is not exactly one JSON array
    public static List<@Nullable Object> array(String text) throws BadRequest {
        JsonReader reader = new JsonReader(text);
        reader.skipSpace();
        if (reader.peek() != '[') {
            throw new BadRequest(400, "the body must be a JSON array of arguments, such as [1,\"two\"]");
        }
        List<@Nullable Object> array = reader.readArray();
        reader.expectEnd();
        return array;
    }

    /// @throws BadRequest if the text is not exactly one JSON object
    static Map<String, @Nullable Object> object(String text) throws BadRequest {
        JsonReader reader = new JsonReader(text);
        reader.skipSpace();
        if (reader.peek() != '{') {
            throw new BadRequest(400, "the body must be a JSON object, such as {\"text\":\"hello\"}");
        }
        Map<String, @Nullable Object> object = reader.readObject();
        reader.expectEnd();
        return object;
    }

    private void expectEnd() throws BadRequest {
        skipSpace();
        if (at < text.length()) {
            throw problem("the end of the text is expected");
        }
    }

    private @Nullable Object readValue() throws BadRequest {
        skipSpace();
        char c = peek();
        return switch (c) {
            case '[' -> readArray();
            case '{' -> readObject();
            case '"' -> readString();
            case 't' -> readWord("true", true);
            case 'f' -> readWord("false", false);
            case 'n' -> readWord("null", null);
            default -> readNumber();
        };
    }

    private List<@Nullable Object> readArray() throws BadRequest {
        List<@Nullable Object> array = new ArrayList<>();
        enter();
        skipSpace();
        if (peek() != ']') {
            do {
                array.add(readValue());
                skipSpace();
            } while (skip(','));
        }
        leave(']');
        return array;
    }

    private Map<String, @Nullable Object> readObject() throws BadRequest {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        enter();
        skipSpace();
        if (peek() != '}') {
            do {
                skipSpace();
                int start = at;
                String name = readString();
                skipSpace();
                expect(':');
                @Nullable Object value = readValue();
                if (object.containsKey(name)) {
                    at = start;
                    throw problem("duplicate name in an object");
                }
                object.put(name, value);
                skipSpace();
            } while (skip(','));
        }
        leave('}');
        return object;
    }

    private void enter() throws BadRequest {
        if (depth == MAX_DEPTH) {
            throw problem("nested too deeply: at most " + MAX_DEPTH + " levels");
        }
        depth++;
        at++;
    }

    private void leave(char close) throws BadRequest {
        expect(close);
        depth--;
    }

    private String readString() throws BadRequest {
        expect('"');
        StringBuilder string = new StringBuilder();
        int start = at;
        while (true) {
            char c = peek();
            if (c < ' ') {
                throw problem(at < text.length() ? "unescaped control character in a string" : "unterminated string");
            }
            at++;
            switch (c) {
                case '"' -> {
                    return withPairedSurrogates(string, start);
                }
                case '\\' -> string.append(readEscape());
                default -> string.append(c);
            }
        }
    }

    private char readEscape() throws BadRequest {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> readHex();
            default -> {
                at--;
                throw problem("unknown escape sequence");
            }
        };
    }

    private char readHex() throws BadRequest {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0 || peek() > 'f') {
                throw problem("\\u must be followed by four hexadecimal digits");
            }
            value = value << 4 | digit;
            at++;
        }
        return (char) value;
    }

    /// An unpaired surrogate is not a character and cannot be encoded in UTF-8.
    private String withPairedSurrogates(StringBuilder string, int start) throws BadRequest {
        if (string.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            at = start;
            throw problem("unpaired surrogate in a string");
        }
        return string.toString();
    }

    private @Nullable Object readWord(String word, @Nullable Object value) throws BadRequest {
        if (!text.startsWith(word, at)) {
            throw problem("a value is expected");
        }
        at += word.length();
        return value;
    }

    private Number readNumber() throws BadRequest {
        int start = at;
        skip('-');
        int first = at;
        int digits = skipDigits();
        if (digits == 0 || (digits > 1 && text.charAt(first) == '0')) {
            at = start;
            throw problem("a value is expected");
        }
        boolean whole = true;
        if (skip('.')) {
            whole = false;
            requireDigits();
        }
        if (skip('e') || skip('E')) {
            whole = false;
            if (!skip('+')) {
                skip('-');
            }
            requireDigits();
        }
        if (at - start > MAX_DIGITS) {
            at = start;
            throw problem("the number is too long: at most " + MAX_DIGITS + " digits");
        }
        return whole ? integer(text.substring(start, at)) : decimal(start);
    }

    private static Number integer(String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException _) {
            return new BigInteger(digits);
        }
    }

    private Double decimal(int start) throws BadRequest {
        double value = Double.parseDouble(text.substring(start, at));
        if (Double.isInfinite(value)) {
            at = start;
            throw problem("the number is out of range for a 64-bit float");
        }
        return value;
    }

    private void requireDigits() throws BadRequest {
        if (skipDigits() == 0) {
            throw problem("a digit is expected");
        }
    }

    private int skipDigits() {
        int start = at;
        while (peek() >= '0' && peek() <= '9') {
            at++;
        }
        return at - start;
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    private boolean skip(char expected) {
        boolean there = peek() == expected;
        if (there) {
            at++;
        }
        return there;
    }

    private void expect(char expected) throws BadRequest {
        if (!skip(expected)) {
            throw problem(expected + " is expected");
        }
    }

    /// The next character; at the end of the text NUL, which JSON allows nowhere.
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private BadRequest problem(String cause) {
        return new BadRequest(400, "invalid JSON at character " + (at + 1) + ": " + cause);
    }
}
