package dev.pier.erlang;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A `gen_server` (or Elixir's `GenServer`) on some node, to be called as from Erlang. Safe for many threads.
///
/// A server on a node without `DFLAG_DIST_MONITOR` cannot be monitored during the call: its end before the answer,
/// or its absence, shows as a [CallTimeout].
///
/// An answer counts only if it comes from the node of the server. A server that hands a call on to a process of a
/// third node has to send the answer itself.
public interface GenServerRef {
    /// Calls the server as `gen_server:call/2` does, and waits for the answer.
    ///
    /// @throws BadArgument if the request has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    /// @throws RemoteExit if there is no such server (reason `noproc`), or if it ends before it answers
    /// @throws ConnectionLost if the connection is lost before the answer comes
    /// @throws CallTimeout if no answer comes in time; a late answer is discarded
    /// @throws CallCancelled if the calling thread is interrupted
    Reply call(@Nullable Object request);

    /// The same with another timeout.
    Reply call(@Nullable Object request, Duration timeout);

    /// As [#call(Object)], without waiting. The future fails with the exceptions of [#call(Object)] as they are, with
    /// [BadArgument] too. Cancelling it ends the call: a late answer is discarded. The server does not notice, as
    /// it does not notice a caller in Erlang that has given up.
    ///
    /// The request is encoded before this method returns, so the caller may change its objects afterwards. The
    /// future is completed on a virtual thread of its own, so dependent stages may block.
    CompletableFuture<Reply> callAsync(@Nullable Object request);

    /// The same with another timeout.
    CompletableFuture<Reply> callAsync(@Nullable Object request, Duration timeout);

    /// Sends a request without an answer, as `gen_server:cast/2` does, and returns once it is queued for sending.
    ///
    /// @throws BadArgument if the request has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    void cast(@Nullable Object request);
}
