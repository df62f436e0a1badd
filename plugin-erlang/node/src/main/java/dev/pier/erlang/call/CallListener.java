package dev.pier.erlang.call;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.PeerCalls;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.trace.CallKind;
import dev.pier.erlang.trace.TraceContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An observer of calls, for statistics and traces. The thread that made the call runs [#begin], and [#ended]
/// when the call has ended, or when the answer to a stream has begun, so both must be quick.
public interface CallListener {
    /// A listener that does nothing.
    CallListener NONE = (_, _) -> {};

    /// A call of a function begins; nothing has been sent.
    ///
    /// @return the listener that is told how this call ends; by default this one, and [#NONE] for calls
    ///     without an answer
    default CallListener begin(CallKind kind, Atom module, Atom function, int arity) {
        return kind.isAnswered() ? this : NONE;
    }

    /// The same for a message to a process.
    ///
    /// @param process has its name as its text
    default CallListener begin(CallKind kind, Object process) {
        return kind.isAnswered() ? this : NONE;
    }

    /// The place in a trace that goes to the peer with the call of this listener; `null` for none.
    default @Nullable TraceContext context() {
        return null;
    }

    /// Whether calls may have a [#context].
    default boolean hasContexts() {
        return false;
    }

    /// Lets work on another thread belong to the same trace as the calling thread.
    default <T> Supplier<T> carry(Supplier<T> work) {
        return work;
    }

    /// @param failure how the call failed; `null` if the answer came, or began to come
    /// @param nanos how long the call took
    void ended(@Nullable ErlangException failure, long nanos);

    /// The same with the node that decided how the call ended.
    ///
    /// @param node its name; `null` if the call reached none
    default void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
        ended(failure, nanos);
    }

    /// The stream whose answer had begun, or would have, is over. Called by any thread.
    ///
    /// @param failure ended it; `null` if it was read to its end, or closed
    default void closed(@Nullable Throwable failure) {}

    /// The same listener for failures only.
    default CallListener ofFailures() {
        return new Wrapper(this) {
            @Override
            public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
                if (failure != null) {
                    super.ended(node, failure, nanos);
                }
            }
        };
    }

    /// Statistics of the calls so far; [PeerCalls#NONE] if the listener keeps none.
    default PeerCalls seen() {
        return PeerCalls.NONE;
    }

    /// Passes everything on to another listener. A subclass observes calls by [#ended] with the node.
    abstract class Wrapper implements CallListener {
        private final CallListener listener;

        protected Wrapper(CallListener listener) {
            this.listener = listener;
        }

        @Override
        public CallListener begin(CallKind kind, Atom module, Atom function, int arity) {
            return listener.begin(kind, module, function, arity);
        }

        @Override
        public CallListener begin(CallKind kind, Object process) {
            return listener.begin(kind, process);
        }

        @Override
        public @Nullable TraceContext context() {
            return listener.context();
        }

        @Override
        public boolean hasContexts() {
            return listener.hasContexts();
        }

        @Override
        public <T> Supplier<T> carry(Supplier<T> work) {
            return listener.carry(work);
        }

        @Override
        public final void ended(@Nullable ErlangException failure, long nanos) {
            ended(null, failure, nanos);
        }

        @Override
        public void ended(@Nullable String node, @Nullable ErlangException failure, long nanos) {
            listener.ended(node, failure, nanos);
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            listener.closed(failure);
        }

        @Override
        public PeerCalls seen() {
            return listener.seen();
        }
    }
}
