package dev.pier.erlang;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Flow;

/// An answer that is read while it arrives: the elements of a returned list, or the rows of a producer. Pier
/// buffers at most a window of it (setting `erlang.bulk.window`); when the reader is slow, Erlang waits.
///
/// It is read once, with one of the methods below, by one thread. Any thread may close it. At its end or after a
/// failure it closes itself; otherwise the application must close it, because it occupies a process of the peer:
///
/// ```java
/// try (ReplyStream rows = backend.stream("reports", "rows")) {
///     for (Reply row : rows) { … }
/// }
/// ```
///
/// A failure while reading is an [ErlangException], as with calls: [RemoteException] if the producer fails,
/// [ConnectionLost], [CallCancelled] if the reading thread is interrupted or another thread closes the stream,
/// [CallTimeout] if a returned value stops arriving for longer than the call's timeout. A producer may be silent
/// for any time.
public interface ReplyStream extends Iterable<Reply>, AutoCloseable {
    /// The elements of the list, or the producer's rows, one by one, each complete. Can be called once.
    ///
    /// @throws UnexpectedTerm (from the iterator) if the answer is not a list
    @Override
    Iterator<Reply> iterator();

    /// Waits until the next element, or the end of the stream, has arrived.
    ///
    /// @param timeout how long to wait at most; zero to only look
    /// @return false if neither has arrived in time
    /// @throws CallCancelled if the thread is interrupted
    boolean await(Duration timeout);

    /// Writes the answer as JSON in UTF-8: a returned value as [Reply#writeJson], a producer's rows as an array.
    /// Containers in a value of more than 64 KiB are written part by part, so a long list becomes an array whatever
    /// its elements are. The stream is flushed, but not closed.
    ///
    /// @throws IOException if writing to the stream fails
    void writeJson(OutputStream out) throws IOException;

    /// Writes each element or row as JSON on a line of its own. The stream is flushed whenever no further element
    /// has arrived yet.
    ///
    /// @throws IOException if writing to the stream fails
    /// @throws UnexpectedTerm if the answer is not a list
    void writeNdjson(OutputStream out) throws IOException;

    /// Writes the bytes of a binary or of an iolist, or those of each row.
    ///
    /// @throws IOException if writing to the stream fails
    /// @throws UnexpectedTerm if the answer, or a row, is neither
    void writeBytes(OutputStream out) throws IOException;

    /// The elements or rows for one subscriber, which is called on a virtual thread of its own. The stream is read
    /// only as far as the subscriber requests. Cancelling closes the stream.
    Flow.Publisher<Reply> publisher();

    /// Ends the stream: a producer is killed, the rest of an answer is discarded. Idempotent. Never blocks.
    @Override
    void close();
}
