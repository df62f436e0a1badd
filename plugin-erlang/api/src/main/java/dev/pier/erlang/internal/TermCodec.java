package dev.pier.erlang.internal;

import java.util.Set;

/// Terms to bytes and back. A service, because the API does not depend on its implementation, `pier-etf`.
///
/// Threads: any.
///
/// @param <T> the class of terms, which this package does not know
public interface TermCodec<T> {
    /// As `term_to_binary(Term)`.
    byte[] encode(T term);

    /// As `binary_to_term(Bytes)`.
    T decode(byte[] bytes);

    /// As `binary_to_term(Bytes, [safe])`.
    ///
    /// @param atoms the known atoms
    T decodeSafe(byte[] bytes, Set<? extends T> atoms);

    /// Reads JSON text of any length.
    T readJson(String json);

    /// Reads JSON text in UTF-8, with `null` as `undefined`.
    ///
    /// @param maxBytes the limit for the length of the text
    /// @param maxDepth the limit for the nesting
    /// @param maxDigits the limit for the digits of a number
    T readJson(byte[] utf8, int maxBytes, int maxDepth, int maxDigits);
}
