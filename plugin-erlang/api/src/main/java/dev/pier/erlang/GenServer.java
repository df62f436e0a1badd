package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;

/// A server that `gen_server:call` and `cast` reach, and Elixir's `GenServer`. Registered with
/// [ErlangNode#register(String, GenServer)].
///
/// Its methods run on a virtual thread, and so may block; one at a time, in the order in which messages arrived. If one
/// throws, that is logged, and the server goes on; the caller of [#handleCall] gets the exception as the reason of an
/// exit, as if the server had crashed. The thread is interrupted when the server is ended meanwhile; `gen_server:stop`
/// ends it between two messages.
public interface GenServer {
    /// Before the first message. If it throws, there is no server.
    ///
    /// @param self the server's process
    default void init(ErlangProcess self) throws Exception {}

    /// A call. The caller waits until it is answered with [From#reply], here or later, from any thread.
    void handleCall(Message request, From from) throws Exception;

    /// A cast.
    void handleCast(Message request) throws Exception;

    /// Any other message, those about ended processes included.
    default void handleInfo(Message message) throws Exception {}

    /// The last that is called, when the process has ended.
    ///
    /// @param reason why it has
    default void terminate(Term reason) throws Exception {}

    /// A caller that waits for an answer. Safe for many threads.
    interface From {
        /// The calling process.
        Pid pid();

        /// Answers. A caller that has gone, or has got an answer already, gets nothing.
        ///
        /// @throws BadArgument if the answer has no Erlang form; nothing was sent
        /// @throws Overloaded if a bound of this side is reached; nothing was sent
        void reply(@Nullable Object answer);

        /// Has the call fail: `gen_server:call` exits with that reason, as if the server had ended for it.
        ///
        /// @throws BadArgument if the reason has no Erlang form; nothing was sent
        void fail(Object reason);
    }
}
