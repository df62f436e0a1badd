package dev.pier.erlang;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Flow;

/// An answer that is read while it arrives: the elements of a returned list, or the rows of a producer. No more of it
/// is held than a window (`erlang.bulk.window`); when its reader is slow, Erlang waits.
///
/// It is read once, in one of the ways below and by one thread; any thread may close it. Read to its end, or failed, it
/// closes itself; otherwise whoever asked for it closes it, since it occupies a connection:
///
/// ```java
/// try (ReplyStream rows = backend.stream("reports", "rows")) {
///     for (Reply row : rows) { … }
/// }
/// ```
///
/// What goes wrong in the middle is an [ErlangException], as with calls: [RemoteException] when the producer fails,
/// [ConnectionLost], [CallCancelled] when the reading thread is interrupted or somebody else closes the stream,
/// [CallTimeout] when a returned value stops arriving for the call's timeout. A producer may be silent for as long as
/// it likes.
public interface ReplyStream extends Iterable<Reply>, AutoCloseable {
    /// The elements of the list, or the producer's rows, one by one, each complete. It can be asked for once.
    ///
    /// @throws UnexpectedTerm (from the iterator) if the answer is no list
    @Override
    Iterator<Reply> iterator();

    /// Whether the next element, or the end, is there. Waits for it at most so long.
    ///
    /// @throws CallCancelled if the thread is interrupted
    boolean await(Duration patience);

    /// Writes the answer as JSON in UTF-8: a returned value as [Reply#writeJson], a producer's rows as an array.
    /// Of a value that takes more than 64 KiB, containers are written part by part, and so a long list is an array,
    /// whatever its elements are. The stream is flushed, not closed.
    ///
    /// @throws IOException if the stream cannot be written
    void writeJson(OutputStream out) throws IOException;

    /// Writes each element or row as JSON on a line of its own. The stream is flushed whenever nothing more is there
    /// yet.
    ///
    /// @throws IOException if the stream cannot be written
    /// @throws UnexpectedTerm if the answer is no list
    void writeNdjson(OutputStream out) throws IOException;

    /// Writes the bytes of a binary or of an iolist as they are, or those of each row.
    ///
    /// @throws IOException if the stream cannot be written
    /// @throws UnexpectedTerm if the answer has something else in it
    void writeBytes(OutputStream out) throws IOException;

    /// The elements or rows for one subscriber, which is called on a virtual thread of its own. No more is read than it
    /// has asked for; cancelling closes the stream.
    Flow.Publisher<Reply> publisher();

    /// Ends the stream: a producer is killed, the rest of an answer dropped. Idempotent, and never waits.
    @Override
    void close();
}
