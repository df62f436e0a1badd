package dev.pier.erlang.stream;

import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.etf.JsonSink;
import java.io.IOException;
import java.time.Duration;

/// What a stream gives one by one: the elements of a returned list, or the rows of a producer. For the consumer's
/// thread.
interface StreamItems {
    /// Whether there is another one, waiting until that is known.
    boolean hasNext();

    /// The next one, which [#hasNext] has seen. It may share memory that the next call overwrites.
    EncodedTerm next();

    /// Writes the next one, which [#hasNext] has seen, as JSON.
    void writeNext(JsonSink sink) throws IOException;

    /// Whether [#hasNext] would not wait, or would not any more after that time.
    boolean await(Duration patience);
}
