package dev.pier.erlang;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Predicate;

/// A process whose messages wait until a thread receives them. Close it when it is no longer needed:
///
/// ```java
/// try (Mailbox mailbox = node.mailbox()) {
///     mailbox.send("echo", "backend@host", List.of(mailbox.self(), "hello"));
///     Optional<Message> answer = mailbox.receive(Duration.ofSeconds(5));
/// }
/// ```
///
/// A mailbox is bounded (settings `erlang.mailbox.messages` and `erlang.mailbox.bytes`). A message beyond the limit
/// is dropped, or ends the process (setting `erlang.mailbox.overflow`).
public interface Mailbox extends ErlangProcess {
    /// Receives the oldest message. Waits for one if there is none; empty if none arrives in time.
    ///
    /// @throws ProcessEnded if the process has ended, or ends meanwhile
    /// @throws CallCancelled if the thread is interrupted
    Optional<Message> receive(Duration timeout);

    /// Receives the oldest accepted message; the others stay, in their order. This is Erlang's selective `receive`.
    ///
    /// A message on which the predicate throws [MalformedTerm] is dropped with a warning.
    ///
    /// @param accepted called on this thread, at most once for each message
    /// @throws ProcessEnded if the process has ended, or ends meanwhile
    /// @throws CallCancelled if the thread is interrupted
    Optional<Message> receive(Predicate<? super Message> accepted, Duration timeout);

    /// The messages for one subscriber, which gets no more than it requests. A message goes either to the
    /// subscriber or to a call of [#receive].
    ///
    /// The subscriber completes when the process ends with `normal`, `shutdown` or `{shutdown, _}`, and fails with
    /// [ProcessEnded] when it ends with another reason; messages that wait then are discarded. Cancelling closes
    /// the mailbox, and so does a subscriber that throws. Other messages wait in the mailbox, within its
    /// limits.
    ///
    /// When the server begins to stop, or another version of the application has replaced this one, the process
    /// ends with `shutdown`, so that endless responses end.
    ///
    /// Threads: a virtual thread makes all calls of the subscriber except `onSubscribe`, one at a time; the
    /// subscriber may block. There is no thread while nothing is to be delivered. A second subscriber fails with
    /// [IllegalStateException].
    Flow.Publisher<Message> publisher();

    /// The number of waiting messages.
    int size();

    /// The number of messages that were dropped because the mailbox was full.
    long dropped();
}
