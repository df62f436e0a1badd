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
}
