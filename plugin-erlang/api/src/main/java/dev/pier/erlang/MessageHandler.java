package dev.pier.erlang;

/// Handles the messages of a registered process, one at a time and in their order. An exception is logged, and the
/// process goes on with the next message.
///
/// Threads: a virtual thread, which may block. It is interrupted when the process ends. Its context class loader is
/// that of the handler's class.
@FunctionalInterface
public interface MessageHandler {
    /// @param self the process, for answers
    void handle(Message message, ErlangProcess self) throws Exception;
}
