package dev.pier.erlang.jackson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The atoms that are no text where Java and JSON have something better.
public final class SpecialAtom {
    public static final SpecialAtom TRUE = new SpecialAtom("true", JsonToken.VALUE_TRUE);

    private static final SpecialAtom FALSE = new SpecialAtom("false", JsonToken.VALUE_FALSE);
    private static final SpecialAtom UNDEFINED = new SpecialAtom("undefined", JsonToken.VALUE_NULL);
    private static final SpecialAtom NIL = new SpecialAtom("nil", JsonToken.VALUE_NULL);
    private static final SpecialAtom NULL = new SpecialAtom("null", JsonToken.VALUE_NULL);

    final String atom;
    final JsonToken token;
    /// As JSON.
    public final byte[] json;

    private final byte[] name;

    private SpecialAtom(String atom, JsonToken token) {
        this.atom = atom;
        this.token = token;
        this.json = token.asByteArray();
        this.name = atom.getBytes(StandardCharsets.US_ASCII);
    }

    /// What the name of an atom stands for; `null` if for itself.
    public static @Nullable SpecialAtom of(byte[] bytes, int from, int length) {
        return switch (length) {
            case 3 -> NIL.unless(bytes, from, null);
            case 4 -> TRUE.unless(bytes, from, NULL);
            case 5 -> FALSE.unless(bytes, from, null);
            case 9 -> UNDEFINED.unless(bytes, from, null);
            default -> null;
        };
    }

    public static @Nullable SpecialAtom of(String atom) {
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
    private @Nullable SpecialAtom unless(byte[] bytes, int from, @Nullable SpecialAtom other) {
        if (Arrays.equals(name, 0, name.length, bytes, from, from + name.length)) {
            return this;
        }
        return other == null ? null : other.unless(bytes, from, null);
    }
}
