package dev.pier.erlang;

import dev.pier.erlang.term.Term;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/// The answer of a call, still encoded: decoded on the thread that asks, into the shape that it asks for, each time it
/// asks. Immutable and safe to share.
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

    /// As [#as], with an empty result for Erlang's `undefined` and Elixir's `nil` (and for `null`).
    ///
    /// @throws UnexpectedTerm if the answer does not fit that type
    /// @throws MalformedTerm if the bytes are no term within the limits
    <T> Optional<T> asOptional(Class<T> type);

    /// Writes the answer as JSON in UTF-8. The stream is flushed, not closed.
    ///
    /// @throws IOException if the stream cannot be written
    /// @throws MalformedTerm if the bytes are no term within the limits; part of the JSON may be written by then
    void writeJson(OutputStream out) throws IOException;

    /// Sends the answer as the response: content type `application/json`, body as [#writeJson(OutputStream)] writes it.
    ///
    /// @throws IOException if the client has gone
    default void writeJson(HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        writeJson(response.getOutputStream());
    }
}
