package dev.pier.erlang.etf;

/// Limits of decoding. A term that exceeds one is refused with a [dev.pier.erlang.MalformedTerm] that names the
/// limit. Immutable.
///
/// @param depth how deep terms may be nested. Default: 10 000
/// @param bytes how many bytes one term may have, encoded or, if it is compressed, inflated. Default: 256 MiB
/// @param digits how many decimal digits an integer may have. Default: 100 000
/// @param atoms how many atoms one term may hold; each occurrence counts. Default: 10 000 000
public record DecodeLimits(int depth, int bytes, int digits, int atoms) {
    public static final DecodeLimits DEFAULT = new DecodeLimits(10_000, 256 << 20, 100_000, 10_000_000);

    public DecodeLimits {
        if (depth < 1 || bytes < 1 || digits < 1 || atoms < 1) {
            throw new IllegalArgumentException("decode limits must be above zero");
        }
    }
}
