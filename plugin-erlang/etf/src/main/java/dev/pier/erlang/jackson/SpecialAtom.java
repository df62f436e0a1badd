package dev.pier.erlang.jackson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/// The atoms that are read as `true`, `false` or `null` rather than as text. Immutable.
public final class SpecialAtom {
    public static final SpecialAtom TRUE = new SpecialAtom("true", JsonToken.VALUE_TRUE);

    private static final SpecialAtom FALSE = new SpecialAtom("false", JsonToken.VALUE_FALSE);
    private static final SpecialAtom UNDEFINED = new SpecialAtom("undefined", JsonToken.VALUE_NULL);
    private static final SpecialAtom NIL = new SpecialAtom("nil", JsonToken.VALUE_NULL);
    private static final SpecialAtom NULL = new SpecialAtom("null", JsonToken.VALUE_NULL);

    final String atom;
    final JsonToken token;
    /// The JSON form.
    public final byte[] json;

    private final byte[] name;

    private SpecialAtom(String atom, JsonToken token) {
        this.atom = atom;
        this.token = token;
        this.json = token.asByteArray();
        this.name = atom.getBytes(StandardCharsets.US_ASCII);
    }

    /// The special atom of a name; `null` for other atoms.
    public static @Nullable SpecialAtom of(byte[] bytes, int from, int length) {
        return switch (length) {
            case 3 -> NIL.orElse(bytes, from, null);
            case 4 -> TRUE.orElse(bytes, from, NULL);
            case 5 -> FALSE.orElse(bytes, from, null);
            case 9 -> UNDEFINED.orElse(bytes, from, null);
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

    /// This atom if it has the name, else `other` if that has it.
    private @Nullable SpecialAtom orElse(byte[] bytes, int from, @Nullable SpecialAtom other) {
        if (Arrays.equals(name, 0, name.length, bytes, from, from + name.length)) {
            return this;
        }
        return other == null ? null : other.orElse(bytes, from, null);
    }
}
