package dev.pier.erlang.mailbox;

import dev.pier.erlang.internal.HeapShare;

/// The limits of each process's mailbox.
///
/// @param messages the maximum of waiting messages
/// @param bytes the maximum of memory that they retain; a single message may be larger if no other waits
/// @param totalBytes the maximum for the mailboxes of all processes together; one peer may take as much as it leaves
///     free
/// @param overflow the effect of a message that exceeds a limit
public record MailboxSettings(int messages, long bytes, long totalBytes, Overflow overflow) {
    /// 100,000 messages and 64 MiB, on a small heap a sixteenth of it; 1 GiB for all mailboxes together, at
    /// most an eighth of the heap. Further messages are dropped.
    public static final MailboxSettings DEFAULT =
            new MailboxSettings(100_000, HeapShare.atMost(64L << 20, 16), HeapShare.atMost(1L << 30, 8), Overflow.DROP);

    /// The same with the default for all mailboxes together.
    public MailboxSettings(int messages, long bytes, Overflow overflow) {
        this(messages, bytes, DEFAULT.totalBytes(), overflow);
    }

    /// The effect of a message to a full mailbox.
    public enum Overflow {
        /// The message is dropped and counted; the log says so once.
        DROP,
        /// The process ends with the reason `mailbox_overflow`.
        END
    }
}
