package dev.pier.erlang;

import dev.pier.erlang.term.JsonLimits;
import java.nio.charset.StandardCharsets;

/// JSON text as an argument of a call, a cast or a message, or a part of one. It goes from bytes to bytes, without
/// objects in between:
///
/// ```java
/// backend.call("orders", "place", JsonText.of(row.getString("order_json")));
/// ```
///
/// Objects become maps, arrays lists, and texts binaries, the names in objects too: no text becomes an atom. `null`
/// becomes the atom of the setting `erlang.null`. `docs/results.md` has the table. Text that is not JSON, or exceeds
/// the limits, fails with [BadBody] before anything is sent.
///
/// `JsonBody` of `pier-erlang-servlet` is the body of a request.
///
/// *Threads.* An implementation must be safe for all threads.
public interface JsonText {
    /// The text in UTF-8. Hazard: the array is not copied; it must not be changed.
    byte[] utf8();

    /// The limits that the text must keep.
    default JsonLimits limits() {
        return JsonLimits.DEFAULT;
    }

    /// JSON text within [JsonLimits#DEFAULT].
    ///
    /// @throws BadBody if the text has a lone surrogate
    static JsonText of(String json) {
        return of(utf8(json));
    }

    /// JSON text within the given limits.
    ///
    /// @throws BadBody if the text has a lone surrogate
    static JsonText of(String json, JsonLimits limits) {
        return of(utf8(json), limits);
    }

    /// JSON text in UTF-8 within [JsonLimits#DEFAULT].
    ///
    /// @param utf8 not copied; must not be changed
    static JsonText of(byte[] utf8) {
        return of(utf8, JsonLimits.DEFAULT);
    }

    /// JSON text in UTF-8 within the given limits.
    ///
    /// @param utf8 not copied; must not be changed
    static JsonText of(byte[] utf8, JsonLimits limits) {
        return new JsonText() {
            @Override
            public byte[] utf8() {
                return utf8;
            }

            @Override
            public JsonLimits limits() {
                return limits;
            }

            @Override
            public String toString() {
                return "JsonText[" + utf8.length + " bytes]";
            }
        };
    }

    private static byte[] utf8(String json) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        // Java replaces a lone surrogate by a question mark, which would change the text silently.
        if (!new String(utf8, StandardCharsets.UTF_8).equals(json)) {
            throw new BadBody(BadBody.Kind.MALFORMED, "the text has a lone surrogate");
        }
        return utf8;
    }
}
