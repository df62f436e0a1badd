package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import org.jspecify.annotations.Nullable;

/// An observer of calls, for statistics. The thread that made the call runs [#ended] when the call has ended, or
/// when the answer to a stream has begun, so it must be quick.
public interface CallListener {
    /// A listener that does nothing.
    CallListener NONE = (_, _) -> {};

    /// @param failure how the call failed; `null` if the answer came, or began to come
    /// @param nanos how long the call took
    void ended(@Nullable ErlangException failure, long nanos);

    /// The same with the node that decided how the call ended.
    ///
    /// @param node its name; `null` if the call reached none
    default void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
        ended(failure, nanos);
    }

    /// The same listener for failures only.
    default CallListener ofFailures() {
        CallListener all = this;
        return new CallListener() {
            @Override
            public void ended(@Nullable ErlangException failure, long nanos) {
                ended(null, failure, nanos);
            }

            @Override
            public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
                if (failure != null) {
                    all.ended(node, failure, nanos);
                }
            }
        };
    }

    /// Statistics of the calls so far; [PeerCalls#NONE] if the listener keeps none.
    default PeerCalls seen() {
        return PeerCalls.NONE;
    }
}
