package dev.pier.erlang.etf;

import dev.pier.erlang.CallOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/// Maps Java values to encoded terms and back, by the table of `docs/results.md`. Safe for many threads.
public interface ValueMapper {
    /// Appends the value as one term, without the leading 131. After an exception the output may hold a part of
    /// it.
    ///
    /// @throws dev.pier.erlang.BadArgument if the value has no Erlang form, with the path to the place
    void write(@Nullable Object value, EtfOutput out);

    /// Reads the term as a value of a type.
    ///
    /// @return `null` for `undefined`, `nil` and `null`, unless the type is an `Atom` or a `Term`
    ///
    /// @throws dev.pier.erlang.UnexpectedTerm if the term does not fit the type
    /// @throws dev.pier.erlang.MalformedTerm if the bytes are not a term within the limits
    @Nullable
    Object read(EncodedTerm term, Type type);

    /// Writes the term as JSON in UTF-8. The stream is neither flushed nor closed, so that a small answer goes
    /// out in one piece with the rest of the response.
    ///
    /// @throws IOException if writing to the stream fails
    /// @throws dev.pier.erlang.MalformedTerm if the bytes are not a term within the limits
    void writeJson(EncodedTerm term, OutputStream out) throws IOException;

    /// This mapper with the options of a call that concern its answer.
    ValueMapper with(CallOptions options);

    /// Opens a sink that writes terms as JSON in UTF-8, one after the other.
    JsonSink json(OutputStream out);
}
