package dev.pier.erlang.stream;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import java.io.IOException;
import java.time.Duration;

/// The items of a stream: the elements of a returned list, or the rows of a producer. For the consumer's thread.
interface StreamItems {
    /// Whether there is another item, waiting until that is known.
    boolean hasNext();

    /// The next item, after [#hasNext]. It may share memory that the next call overwrites.
    EncodedTerm next();

    /// Writes the next item as JSON, after [#hasNext].
    void writeNext(JsonSink sink) throws IOException;

    /// Whether [#hasNext] knows its answer without waiting, after waiting here at most so long.
    boolean await(Duration patience);
}
