package dev.pier.erlang;

import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;

/// A server that `gen_server:call` and `cast` reach, and Elixir's `GenServer`. Registered with
/// [ErlangNode#register(String, GenServer)].
///
/// The methods are called one at a time, in the order in which the messages arrived. An exception is logged, and
/// the server goes on; the caller of [#handleCall] gets the exception as an exit reason, as if the server had
/// crashed.
///
/// Threads: a virtual thread, which may block. It is interrupted when the process ends; `gen_server:stop` ends the
/// process between two messages.
public interface GenServer {
    /// Called before the first message. If it throws, the server does not start.
    ///
    /// @param self the server's process
    default void init(ErlangProcess self) throws Exception {}

    /// Handles a call. The caller waits until [From#reply] answers it, during this method or later, on any
    /// thread.
    void handleCall(Message request, From from) throws Exception;

    /// Handles a cast.
    void handleCast(Message request) throws Exception;

    /// Handles any other message, including those about ended processes.
    default void handleInfo(Message message) throws Exception {}

    /// The state that `sys:get_state` and `sys:get_status` show to operators: any value that has an Erlang form.
    /// Both need the setting `erlang.introspection`.
    ///
    /// @return `null`, which is shown as `undefined`, by default
    default @Nullable Object debugState() {
        return null;
    }

    /// Called last, when the process has ended.
    ///
    /// @param reason the exit reason
    default void terminate(Term reason) throws Exception {}

    /// A call that a mailbox or a handler has received as a message.
    ///
    /// @param request what the caller asks
    /// @param from answers the call
    record Call(Message request, From from) {}

    /// A caller that waits for an answer.
    ///
    /// Threads: any.
    interface From {
        /// The calling process.
        Pid pid();

        /// Answers the call. An answer to a caller that has ended, and a second answer, are discarded.
        ///
        /// @throws BadArgument if the answer has no Erlang form; nothing was sent
        /// @throws Overloaded if a limit of this node is reached; nothing was sent
        void reply(@Nullable Object answer);

        /// Fails the call: `gen_server:call` exits with that reason, as if the server had ended with it. A
        /// caller whose node offers no monitors does not see that, and waits until its timeout.
        ///
        /// @throws BadArgument if the reason has no Erlang form; nothing was sent
        void fail(Object reason);
    }
}
