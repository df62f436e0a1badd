package dev.pier.erlang.mailbox;

/// The bounds of each process's mailbox.
///
/// @param messages how many messages may wait
/// @param bytes how many bytes they may take, encoded; a single message may be larger if nothing else waits
/// @param overflow what becomes of a message beyond
public record MailboxSettings(int messages, long bytes, Overflow overflow) {
    public static final MailboxSettings DEFAULT = new MailboxSettings(100_000, 64L << 20, Overflow.DROP);

    /// What a full mailbox does.
    public enum Overflow {
        /// Drops what comes, counts it, and says so once in the log.
        DROP,
        /// Ends the process, with the reason `mailbox_overflow`.
        END
    }
}
