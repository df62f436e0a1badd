package dev.pier.erlang.etf;

/// Bounds for what is decoded. What exceeds one fails with an error that names it.
///
/// @param depth how deep terms may be nested
/// @param bytes how many bytes one term may take, encoded or (where compressed) decoded
/// @param digits how many decimal digits an integer may have
/// @param atoms how many atoms one term may hold, each occurrence counted
public record DecodeLimits(int depth, int bytes, int digits, int atoms) {
    public static final DecodeLimits DEFAULT = new DecodeLimits(10_000, 256 << 20, 100_000, 10_000_000);

    public DecodeLimits {
        if (depth < 1 || bytes < 1 || digits < 1 || atoms < 1) {
            throw new IllegalArgumentException("limits are above zero");
        }
    }
}
