package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import org.jspecify.annotations.Nullable;

/// Is called when a call has ended, and when the answer to a stream has begun, on the thread that made the call. Must
/// be quick.
public interface CallListener {
    /// A listener that does nothing.
    CallListener NONE = (_, _) -> {};

    /// @param failure how the call failed; `null` if the answer came, or began to come
    /// @param nanos how long the call took
    void ended(@Nullable ErlangException failure, long nanos);

    /// Statistics of the calls so far; [PeerCalls#NONE] if the listener keeps none.
    default PeerCalls seen() {
        return PeerCalls.NONE;
    }
}
