package dev.pier.erlang.json;

import java.util.Objects;

/// How terms look as JSON where there is more than one way; `docs/results.md` has the table.
///
/// @param binaries what a binary becomes that is not UTF-8
/// @param charlistsAsText whether a list of printable code points becomes a string; else it stays an array
/// @param proplistsAsObjects whether a list of pairs and atoms becomes an object, an atom alone with the value
///     `true`, and of a key that comes twice the first; else it stays an array
public record JsonOptions(Binaries binaries, boolean charlistsAsText, boolean proplistsAsObjects) {
    /// Base64; charlists as text; proplists as arrays.
    public static final JsonOptions DEFAULT = new JsonOptions(Binaries.BASE64, true, false);

    /// What a binary becomes that is not UTF-8.
    public enum Binaries {
        /// A string in Base64, with padding.
        BASE64,
        /// A string in Base64 with the alphabet for URLs, without padding.
        BASE64_URL,
        /// An array of the bytes as numbers from 0 to 255.
        ARRAY
    }

    public JsonOptions {
        Objects.requireNonNull(binaries, "binaries");
    }

    public JsonOptions withBinaries(Binaries newBinaries) {
        return new JsonOptions(newBinaries, charlistsAsText, proplistsAsObjects);
    }

    public JsonOptions withCharlistsAsText(boolean asText) {
        return new JsonOptions(binaries, asText, proplistsAsObjects);
    }

    public JsonOptions withProplistsAsObjects(boolean asObjects) {
        return new JsonOptions(binaries, charlistsAsText, asObjects);
    }
}
