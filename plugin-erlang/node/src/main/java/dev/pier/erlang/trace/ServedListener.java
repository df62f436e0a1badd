package dev.pier.erlang.trace;

import dev.pier.erlang.term.Atom;
import org.jspecify.annotations.Nullable;

/// An observer of the calls that Erlang makes. The thread of each call runs it, so it must be quick.
@FunctionalInterface
public interface ServedListener {
    /// A listener that does nothing.
    ServedListener NONE = (_, _, _, _) -> Observed.NONE;

    /// A function that is exposed is about to run.
    ///
    /// @param caller the calling node
    Observed begin(Atom module, Atom function, int arity, String caller);

    /// One call.
    @FunctionalInterface
    interface Observed {
        Observed NONE = _ -> {};

        /// The function has ended, on the same thread.
        ///
        /// @param thrown by the function; `null` if it has returned
        void ended(@Nullable Throwable thrown);
    }
}
