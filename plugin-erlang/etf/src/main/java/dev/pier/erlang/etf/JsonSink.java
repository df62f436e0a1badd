package dev.pier.erlang.etf;

import java.io.IOException;

/// Writes terms as JSON in UTF-8 to a stream, one after the other. For one thread.
///
/// All methods throw `IOException` if writing to the stream fails, and
/// [MalformedTerm][dev.pier.erlang.MalformedTerm] if the bytes are not a term within the limits; part of the JSON
/// may have been written then.
public interface JsonSink {
    void write(EncodedTerm term) throws IOException;

    /// Writes the next term of `input` while it arrives.
    ///
    /// A term of up to 64 KiB is written as by [#write(EncodedTerm)]. The parts of a larger container are written
    /// one by one, so a long list becomes an array, even if all its elements are printable characters or pairs.
    ///
    /// @throws dev.pier.erlang.UnexpectedTerm if a single value has more than 16 MiB, or a key more than 64 KiB
    void write(StreamingEtfInput input) throws IOException;

    /// Writes one ASCII character between terms, such as a comma.
    void raw(char ascii) throws IOException;

    void flush() throws IOException;
}
