package dev.pier.erlang;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/// A process whose messages wait until somebody asks for them. Close it when it is no longer needed:
///
/// ```java
/// try (Mailbox mailbox = node.mailbox()) {
///     mailbox.send("echo", "backend@host", List.of(mailbox.self(), "hello"));
///     Optional<Message> answer = mailbox.receive(Duration.ofSeconds(5));
/// }
/// ```
///
/// A mailbox is bounded (settings `erlang.mailbox.messages` and `erlang.mailbox.bytes`): what comes beyond is
/// dropped, or ends the process, as `erlang.mailbox.overflow` says.
public interface Mailbox extends ErlangProcess {
    /// The oldest message, waited for if there is none; empty if none comes in time.
    ///
    /// @throws ProcessEnded if the process has ended, or ends meanwhile
    /// @throws CallCancelled if the thread is interrupted
    Optional<Message> receive(Duration timeout);

    /// The oldest message that is accepted; the others stay, in their order. Erlang's selective `receive`.
    ///
    /// A message that the predicate fails on with [MalformedTerm] is dropped with a warning.
    ///
    /// @param accepted asked on this thread, about each message at most once in a call
    /// @throws ProcessEnded if the process has ended, or ends meanwhile
    /// @throws CallCancelled if the thread is interrupted
    Optional<Message> receive(Predicate<? super Message> accepted, Duration timeout);

    /// How many messages wait.
    int size();

    /// How many messages were dropped because the mailbox was full.
    long dropped();
}
