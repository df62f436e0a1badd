package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A function of this node that Erlang may call: see [ErlangNode#expose(String, String, ErlangFunction)].
@FunctionalInterface
public interface ErlangFunction {
    /// Answers one call, on a virtual thread of its own that may block. Several calls run at once.
    ///
    /// The thread is interrupted when the caller gives up, dies, or ends the call with an exit signal; nobody waits
    /// for the answer then.
    ///
    /// What is thrown reaches the caller as Erlang's `error`, with the reason
    /// `{java_exception, <<"com.example.NoSuchUser">>, <<"the message">>}`; a [Raised] as what it says; the
    /// [RemoteThrow], [RemoteExit] or [RemoteError] of a call that this function has made itself as what that was.
    ///
    /// @return anything that an argument of [Peer#call] may be
    @Nullable
    Object call(Arguments arguments) throws Exception;
}
