package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The answer of a call, still encoded: decoded on the thread that asks, into the shape that it asks for, each time it
/// asks. Immutable and safe to share.
///
/// Where an answer is read, [UnexpectedTerm] says that it does not fit what was asked for, and [MalformedTerm] that the
/// bytes are no term within the limits.
public interface Reply {
    /// The answer as a term.
    ///
    /// @throws MalformedTerm if the bytes are no term within the limits
    Term term();

    /// The answer as a Java value: `String`, `long`, `double`, `boolean`, `byte[]`, `List`, `Map`, a term record …
    ///
    /// Never `null`: where the answer may be `undefined`, ask with [#asOptional].
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are no term within the limits
    <T> T as(Class<T> type);

    /// As [#as(Class)], for a type with parameters: `reply.as(new TypeReference<List<User>>() {})`.
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are no term within the limits
    <T> T as(TypeReference<T> type);

    /// As [#as(Class)], with an empty result for Erlang's `undefined` and Elixir's `nil` (and for `null`).
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are no term within the limits
    <T> Optional<T> asOptional(Class<T> type);

    /// The answer as the plainest Java value, for who does not know what it is: `null`, `Boolean`, a `Number`,
    /// `String`, `byte[]`, `List`, `Map`, or a [Term] where Java has nothing like it, an atom for one.
    ///
    /// @throws MalformedTerm if the bytes are no term within the limits
    default @Nullable Object value() {
        return asOptional(Object.class).orElse(null);
    }

    /// The value in `{ok, Value}`; of an `ok` alone that atom.
    ///
    /// @throws ReturnedError if the answer is `{error, Reason}`, or `error` alone
    /// @throws UnexpectedTerm if it is something else
    /// @throws MalformedTerm if the bytes are no term within the limits
    Reply ok();

    /// Writes the answer as JSON in UTF-8. The stream is neither flushed nor closed, so that a small answer goes out
    /// in one piece with the rest of the response.
    ///
    /// @throws IOException if the stream cannot be written
    /// @throws MalformedTerm if the bytes are no term within the limits; part of the JSON may be written by then
    void writeJson(OutputStream out) throws IOException;
}
