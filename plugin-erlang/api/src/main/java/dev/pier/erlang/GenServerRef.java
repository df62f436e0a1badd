package dev.pier.erlang;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A `gen_server` (or Elixir's `GenServer`) on some node, to be called as from Erlang. Safe for many threads.
public interface GenServerRef {
    /// Calls the server as `gen_server:call/2` does, and waits for the answer.
    ///
    /// @throws BadArgument if the request has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    /// @throws RemoteExit if there is no such server (reason `noproc`), or if it ends before it answers
    /// @throws ConnectionLost if the connection is lost while waiting
    /// @throws CallTimeout if no answer comes in time; one that comes later is nobody's
    /// @throws CallCancelled if the calling thread is interrupted
    Reply call(@Nullable Object request);

    /// The same with another timeout.
    Reply call(@Nullable Object request, Duration timeout);

    /// Sends a request without an answer, as `gen_server:cast/2` does, and returns once it is queued for sending.
    ///
    /// @throws BadArgument if the request has no Erlang form; nothing was sent
    /// @throws NotConnected if there is no connection and none comes in time; nothing was sent
    /// @throws Overloaded if a bound of this side is reached; nothing was sent
    void cast(@Nullable Object request);
}
