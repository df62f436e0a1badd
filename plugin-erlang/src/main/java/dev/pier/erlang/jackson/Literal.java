package dev.pier.erlang.jackson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The atoms that are no text where Java and JSON have something better.
final class Literal {
    static final Literal TRUE = new Literal("true", JsonToken.VALUE_TRUE);

    private static final Literal FALSE = new Literal("false", JsonToken.VALUE_FALSE);
    private static final Literal UNDEFINED = new Literal("undefined", JsonToken.VALUE_NULL);
    private static final Literal NIL = new Literal("nil", JsonToken.VALUE_NULL);
    private static final Literal NULL = new Literal("null", JsonToken.VALUE_NULL);

    final String atom;
    final JsonToken token;
    /// As JSON.
    final byte[] json;

    private final byte[] name;

    private Literal(String atom, JsonToken token) {
        this.atom = atom;
        this.token = token;
        this.json = token.asByteArray();
        this.name = atom.getBytes(StandardCharsets.US_ASCII);
    }

    /// What the name of an atom stands for; `null` if for itself.
    static @Nullable Literal of(byte[] bytes, int from, int length) {
        return switch (length) {
            case 3 -> NIL.unless(bytes, from, null);
            case 4 -> TRUE.unless(bytes, from, NULL);
            case 5 -> FALSE.unless(bytes, from, null);
            case 9 -> UNDEFINED.unless(bytes, from, null);
            default -> null;
        };
    }

    static @Nullable Literal of(String atom) {
        return switch (atom) {
            case "true" -> TRUE;
            case "false" -> FALSE;
            case "undefined" -> UNDEFINED;
            case "nil" -> NIL;
            case "null" -> NULL;
            default -> null;
        };
    }

    /// This, if the name is its own, and else the other one, if it is that one's.
    private @Nullable Literal unless(byte[] bytes, int from, @Nullable Literal other) {
        if (Arrays.equals(name, 0, name.length, bytes, from, from + name.length)) {
            return this;
        }
        return other == null ? null : other.unless(bytes, from, null);
    }
}
