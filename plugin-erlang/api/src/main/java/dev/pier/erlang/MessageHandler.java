package dev.pier.erlang;

/// What a registered process does with its messages.
///
/// It runs on a virtual thread, and so may block; one message at a time, in their order. If it throws, that is logged,
/// and the process goes on with the next message. Its thread is interrupted when the process is ended meanwhile. The
/// thread's context class loader is that of the handler's class.
@FunctionalInterface
public interface MessageHandler {
    /// @param self the process, to answer with
    void handle(Message message, ErlangProcess self) throws Exception;
}
