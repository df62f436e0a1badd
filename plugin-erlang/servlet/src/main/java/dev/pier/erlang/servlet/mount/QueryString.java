package dev.pier.erlang.servlet.mount;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The query of a request as a map: `a=1&b=2&b=3` as `a` with `1`, and `b` with the list of `2` and `3`. Pure.
///
/// SPEC: WHATWG URL, section 5.1, except that text which is not UTF-8 is refused.
final class QueryString {
    /// The query is not percent-encoded UTF-8.
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private QueryString() {}

    /// @return a string for each name, or a list of strings for a name that occurs several times
    static Map<String, Object> parse(@Nullable String query) throws Malformed {
        Map<String, List<String>> values = new LinkedHashMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                if (!pair.isEmpty()) {
                    int equals = pair.indexOf('=');
                    String name = equals < 0 ? pair : pair.substring(0, equals);
                    values.computeIfAbsent(decode(name), _ -> new ArrayList<>())
                            .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
                }
            }
        }
        Map<String, Object> result = new LinkedHashMap<>();
        values.forEach((name, its) -> result.put(name, its.size() == 1 ? its.getFirst() : its));
        return result;
    }

    private static String decode(String text) throws Malformed {
        if (text.indexOf('%') < 0 && text.indexOf('+') < 0 && text.chars().allMatch(c -> c < 128)) {
            return text;
        }
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length);
        for (int i = 0; i < encoded.length; i++) {
            if (encoded[i] == '%') {
                int high = i + 2 <= encoded.length - 1 ? Character.digit(encoded[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(encoded[i + 2], 16);
                if (low < 0) {
                    throw new Malformed();
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(encoded[i] == '+' ? ' ' : encoded[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new Malformed();
        }
    }
}
