package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import org.jspecify.annotations.Nullable;

/// Told of each call when it has ended, and of each stream when its answer has begun, on the thread that made it. Must
/// be quick.
public interface CallListener {
    /// A listener that does nothing.
    CallListener NONE = (_, _) -> {};

    /// @param failure how the call failed; `null` if it was answered, or began to be
    void ended(@Nullable ErlangException failure, long nanos);

    /// What it has been told so far; nothing where it keeps nothing.
    default PeerCalls seen() {
        return PeerCalls.NONE;
    }
}
