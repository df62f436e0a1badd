package dev.pier.erlang.etf;

import java.io.IOException;

/// Writes terms as JSON in UTF-8 to a stream, one after the other. For one thread.
///
/// All methods throw IOException if the stream cannot be written, and
/// [MalformedTerm][dev.pier.erlang.MalformedTerm] if the bytes are no term within the limits; part of it may be
/// written by then.
public interface JsonSink {
    void write(EncodedTerm term) throws IOException;

    /// Writes the next term of a flow while it arrives.
    ///
    /// What takes few bytes looks as it does by itself. Of what takes more, the parts are written one by one; so a
    /// long list is an array, even if all its elements are printable characters or pairs.
    ///
    /// @throws dev.pier.erlang.UnexpectedTerm if a single binary is too long to be looked at as a whole
    void write(StreamingEtfInput flow) throws IOException;

    /// Writes one character of JSON's own, between terms.
    void raw(char ascii) throws IOException;

    void flush() throws IOException;
}
