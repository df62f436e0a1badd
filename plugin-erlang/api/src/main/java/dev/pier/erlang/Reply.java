package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The answer of a call, still encoded. Each reading method decodes it anew, on the calling thread, into the
/// requested shape. Immutable; safe for many threads.
///
/// Reading throws [UnexpectedTerm] if the answer does not have the requested shape, and [MalformedTerm] if its
/// bytes are not a term within the limits (`erlang.limits.…`). Both say that the function may have run, because its
/// answer came. Reading the answer of a call as a term or a value may take as long as the call itself, and then
/// ends with [CallTimeout]; writing JSON may take longer, because a slow client receives it.
public interface Reply {
    /// The answer as a term.
    ///
    /// @throws MalformedTerm if the bytes are not a term within the limits
    Term term();

    /// The answer as a Java value: `String`, `long`, `double`, `boolean`, `byte[]`, `List`, `Map`, a term
    /// record …
    ///
    /// Never `null`: where the answer may be `undefined`, use [#asOptional].
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are not a term within the limits
    <T> T as(Class<T> type);

    /// As [#as(Class)], for a type with parameters: `reply.as(new TypeReference<List<User>>() {})`.
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are not a term within the limits
    <T> T as(TypeReference<T> type);

    /// As [#as(Class)], with an empty result for Erlang's `undefined` and Elixir's `nil` (and for `null`).
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are not a term within the limits
    <T> Optional<T> asOptional(Class<T> type);

    /// The answer as the nearest Java value, when the type is not known in advance: `null`, `Boolean`, a
    /// `Number`,
    /// `String`, `byte[]`, `List`, `Map`, or a [Term] where Java has no counterpart, such as an atom.
    ///
    /// @throws MalformedTerm if the bytes are not a term within the limits
    default @Nullable Object value() {
        return asOptional(Object.class).orElse(null);
    }

    /// The value in `{ok, Value}`; the atom itself if the answer is `ok` alone.
    ///
    /// @throws ReturnedError if the answer is `{error, Reason}`, or `error` alone
    /// @throws UnexpectedTerm if it is neither
    /// @throws MalformedTerm if the bytes are not a term within the limits
    Reply ok();

    /// Writes the answer as JSON in UTF-8. The stream is neither flushed nor closed, so that a small answer
    /// goes out in one piece with the rest of the response.
    ///
    /// @throws IOException if writing to the stream fails
    /// @throws MalformedTerm if the bytes are not a term within the limits; part of the JSON may have been
    ///     written
    void writeJson(OutputStream out) throws IOException;
}
