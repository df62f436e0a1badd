package dev.pier.erlang;

import java.time.Duration;
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

    /// Sends a request without an answer, as `gen_server:cast/2` does, and returns once it is queued for sending.
    ///
    /// @throws BadArgument if the request has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none is established in time; nothing was sent
    /// @throws Overloaded if a limit of this side is reached; nothing was sent
    void cast(@Nullable Object request);
}
