package dev.pier.erlang.term;

/// Limits of JSON text that becomes a term. Text that exceeds one is refused with a [dev.pier.erlang.BadBody] that
/// names the limit. Immutable.
///
/// @param bytes how many bytes the text may have. Default: 1 MiB
/// @param depth how deep arrays and objects may be nested. Default: 100
/// @param digits how many digits a number may have, those of its exponent included. Default: 1000
public record JsonLimits(int bytes, int depth, int digits) {
    public static final JsonLimits DEFAULT = new JsonLimits(1 << 20, 100, 1000);

    /// Three times as many bytes still fit into an array: no JSON text becomes a larger term than that.
    private static final int MAX_BYTES = 512 << 20;

    private static final int MAX_DEPTH = 10_000;

    public JsonLimits {
        if (bytes < 1 || bytes > MAX_BYTES || depth < 1 || depth > MAX_DEPTH || digits < 1) {
            throw new IllegalArgumentException("limits of JSON must be above zero, with at most " + MAX_BYTES
                    + " bytes and " + MAX_DEPTH + " levels");
        }
    }
}
