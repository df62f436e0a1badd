package dev.pier.erlang.process;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import java.util.List;

/// The state of a process at one moment, for `process_info`. Immutable.
///
/// @param names the names under which it is registered
/// @param links the processes that it is linked with
/// @param monitors what it monitors: pids, and `{Name, Node}`
/// @param monitoredBy the processes that monitor it
/// @param activity what it does, as its body describes it
public record ProcessSnapshot(
        List<Atom> names,
        boolean trapsExits,
        List<Pid> links,
        List<Term> monitors,
        List<Pid> monitoredBy,
        Activity activity) {
    /// The kind of process: the function in which such a process of Erlang would be.
    public enum Role {
        /// A part of the node itself.
        NODE("pier", "loop", 0),
        SERVER("gen_server", "loop", 7),
        HANDLER("pier_handler", "loop", 1),
        MAILBOX("pier_mailbox", "loop", 1),
        SERVED_CALL("erpc", "execute_call", 4);

        public final String module;
        public final String function;
        public final int arity;

        Role(String module, String function, int arity) {
            this.module = module;
            this.function = function;
            this.arity = arity;
        }
    }

    /// @param messages how many messages wait
    /// @param bytes how many bytes of memory they take
    public record Activity(Role role, int messages, long bytes) {
        static final Activity NONE = new Activity(Role.NODE, 0, 0);
    }
}
