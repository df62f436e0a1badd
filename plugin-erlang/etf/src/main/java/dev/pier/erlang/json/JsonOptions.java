package dev.pier.erlang.json;

import dev.pier.erlang.RecordDefinitions;
import java.util.Objects;

/// The JSON form of terms that can have more than one; `docs/results.md` has the table. Immutable.
///
/// @param binaries the form of a binary that is not UTF-8. Default: Base64
/// @param charlistsAsText whether a list of printable code points becomes a string rather than an array. Default:
///     true
/// @param proplistsAsObjects whether a list of pairs and atoms becomes an object rather than an array; a bare atom
///     has the value `true`, and the first of repeated keys is used. Default: false
/// @param chardataAsText whether all nested lists of printable code points and binaries, as `io_lib:format/2`
///     returns them, become strings rather than arrays. Default: false
/// @param structNames whether a struct of Elixir keeps the name of its module, as the member `__struct__`. Default:
///     false
/// @param records the records by which tuples become objects rather than arrays. Default: none
public record JsonOptions(
        Binaries binaries,
        boolean charlistsAsText,
        boolean proplistsAsObjects,
        boolean chardataAsText,
        boolean structNames,
        RecordDefinitions records) {
    /// Base64; charlists as text; proplists and chardata as arrays; structs without their names; no records.
    public static final JsonOptions DEFAULT =
            new JsonOptions(Binaries.BASE64, true, false, false, false, RecordDefinitions.NONE);

    /// The JSON form of a binary that is not UTF-8.
    public enum Binaries {
        /// A string in Base64, with padding.
        BASE64,
        /// A string in Base64 with the URL alphabet, without padding.
        BASE64_URL,
        /// An array of the bytes as numbers from 0 to 255.
        ARRAY
    }

    public JsonOptions {
        Objects.requireNonNull(binaries, "binaries");
        Objects.requireNonNull(records, "records");
    }

    public JsonOptions withBinaries(Binaries newBinaries) {
        return new JsonOptions(newBinaries, charlistsAsText, proplistsAsObjects, chardataAsText, structNames, records);
    }

    public JsonOptions withCharlistsAsText(boolean asText) {
        return new JsonOptions(binaries, asText, proplistsAsObjects, chardataAsText, structNames, records);
    }

    public JsonOptions withProplistsAsObjects(boolean asObjects) {
        return new JsonOptions(binaries, charlistsAsText, asObjects, chardataAsText, structNames, records);
    }

    public JsonOptions withChardataAsText(boolean asText) {
        return new JsonOptions(binaries, charlistsAsText, proplistsAsObjects, asText, structNames, records);
    }

    public JsonOptions withRecords(RecordDefinitions definitions) {
        return new JsonOptions(binaries, charlistsAsText, proplistsAsObjects, chardataAsText, structNames, definitions);
    }

    public JsonOptions withStructNames(boolean kept) {
        return new JsonOptions(binaries, charlistsAsText, proplistsAsObjects, chardataAsText, kept, records);
    }
}
