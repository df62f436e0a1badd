package dev.pier.erlang.internal;

/// A stream whose producer can learn that its rows are not read any more, before it is killed.
///
/// *Threads.* For the thread that reads the stream.
public interface LeavableStream {
    /// Tells the producer, if it has sent a row. The stream stays open: the producer may end it, and closing it kills
    /// the producer.
    void leave();
}
