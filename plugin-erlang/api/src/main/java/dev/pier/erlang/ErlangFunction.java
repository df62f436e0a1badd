package dev.pier.erlang;

import org.jspecify.annotations.Nullable;

/// A function of this node that Erlang may call: see [ErlangNode#expose(String, String, ErlangFunction)].
@FunctionalInterface
public interface ErlangFunction {
    /// Answers one call.
    ///
    /// An exception reaches the caller as Erlang's `error` with the reason `{java_exception,
    /// <<"com.example.NoSuchUser">>, <<"the message">>}`; a [Raised] as its own kind and reason; the [RemoteThrow],
    /// [RemoteExit] or [RemoteError] of a call that this function has made as the original one.
    ///
    /// Threads: each call has a virtual thread, which may block; several calls run at once. The thread is
    /// interrupted when the caller gives up or ends, or ends the call with an exit signal; the answer is discarded
    /// then.
    ///
    /// @return any value that an argument of [Peer#call] may have
    @Nullable
    Object call(Arguments arguments) throws Exception;
}
