package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;

/// A signal between two nodes (`erl_dist_protocol`, Protocol between Connected Nodes).
///
/// One record per signal, not per operation: the forms with a trace token and the older forms without a payload
/// decode into the same record as their successors, because both appear on one connection. A token is dropped.
///
/// Where [#hasPayload()] says so, a second term (the message, the reason, the arguments) follows in the frame.
public sealed interface ControlMessage {
    /// Whether a second term follows the control tuple.
    default boolean hasPayload() {
        return false;
    }

    /// LINK (1): `from` wants to be linked with `to`.
    record Link(Pid from, Pid to) implements ControlMessage {}

    /// SEND (2), SEND_SENDER (22) and their traced forms. `from` is [Atom#EMPTY] in the older form.
    record Send(Term from, Pid to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// REG_SEND (6, 16): to a registered name.
    record RegSend(Pid from, Atom to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// ALIAS_SEND (33, 34), and ALTACT_SIG_SEND (37) to an alias.
    record AliasSend(Pid from, Reference alias) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// EXIT (3, 13): a link broke. The reason is in the tuple.
    record Exit(Pid from, Pid to, Term reason) implements ControlMessage {}

    /// PAYLOAD_EXIT (24, 25): a link broke. The reason is the payload.
    record PayloadExit(Pid from, Pid to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// EXIT2 (8, 18): `exit(To, Reason)`. The reason is in the tuple.
    record Exit2(Pid from, Pid to, Term reason) implements ControlMessage {}

    /// PAYLOAD_EXIT2 (26, 27): `exit(To, Reason)`. The reason is the payload.
    record PayloadExit2(Pid from, Pid to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// UNLINK (4): obsolete; OTP 26 and later close the connection for it.
    record Unlink(Pid from, Pid to) implements ControlMessage {}

    /// UNLINK_ID (35).
    ///
    /// @param id 1 to 2^64 - 1, unsigned
    record UnlinkId(long id, Pid from, Pid to) implements ControlMessage {}

    /// UNLINK_ID_ACK (36): the answer to [UnlinkId], with `from` and `to` swapped.
    ///
    /// @param id the id of the request, unsigned
    record UnlinkIdAck(long id, Pid from, Pid to) implements ControlMessage {}

    /// GROUP_LEADER (7).
    record GroupLeader(Pid leader, Pid member) implements ControlMessage {}

    /// MONITOR_P (19).
    ///
    /// @param to a pid or a registered name
    record MonitorP(Pid from, Term to, Reference reference) implements ControlMessage {}

    /// DEMONITOR_P (20).
    ///
    /// @param to a pid or a registered name
    record DemonitorP(Pid from, Term to, Reference reference) implements ControlMessage {}

    /// MONITOR_P_EXIT (21): a monitored process ended. The reason is in the tuple.
    ///
    /// @param from what the monitor was set on, a pid or a registered name
    record MonitorPExit(Term from, Pid to, Reference reference, Term reason) implements ControlMessage {}

    /// PAYLOAD_MONITOR_P_EXIT (28): a monitored process ended. The reason is the payload.
    ///
    /// @param from what the monitor was set on, a pid or a registered name
    record PayloadMonitorPExit(Term from, Pid to, Reference reference) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// SPAWN_REQUEST (29, 30): start `module:function` with the arguments in the payload, a list.
    record SpawnRequest(
            Reference requestId, Pid from, Pid groupLeader, Atom module, Atom function, int arity, List<Term> options)
            implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// SPAWN_REPLY (31, 32).
    ///
    /// @param flags [#LINKED], [#MONITORED], or both
    /// @param result the new process's pid, or an atom that says why there is none
    record SpawnReply(Reference requestId, Pid to, int flags, Term result) implements ControlMessage {
        public static final int LINKED = 1;
        public static final int MONITORED = 2;
    }

    /// ALTACT_SIG_SEND (37, OTP 28) to a pid or a name, or an exit signal; those to an alias that carry a message
    /// decode as [AliasSend].
    ///
    /// @param to a pid, a registered name or an alias
    /// @param exit whether the payload is an exit reason rather than a message
    record AltactSend(Pid from, Term to, boolean exit) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }
}
