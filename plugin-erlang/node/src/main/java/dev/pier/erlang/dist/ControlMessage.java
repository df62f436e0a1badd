package dev.pier.erlang.dist;

import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.util.List;

/// The control message of a signal between two nodes, a record for each kind.
///
/// Forms with a trace token decode into the record of the form without it; the token is discarded. Where
/// [#hasPayload()] is true, a second term (the message, the reason, the arguments) follows in the frame.
///
/// SPEC: erl_dist_protocol, Protocol between Connected Nodes.
public sealed interface ControlMessage {
    /// Whether a second term follows the control tuple.
    default boolean hasPayload() {
        return false;
    }

    /// LINK (1): `from` links itself to `to`.
    record Link(Pid from, Pid to) implements ControlMessage {}

    /// SEND (2, 12) and SEND_SENDER (22, 23): a message to a pid.
    ///
    /// @param from the sender; [Atom#EMPTY] in the forms 2 and 12
    record Send(Term from, Pid to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// REG_SEND (6, 16): a message to a registered name.
    record RegSend(Pid from, Atom to) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// ALIAS_SEND (33, 34), and ALTACT_SIG_SEND (37) with a message to an alias.
    record AliasSend(Pid from, Reference alias) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// EXIT (3, 13): a process link broke. The reason is in the tuple.
    record Exit(Pid from, Pid to, Term reason) implements ControlMessage {}

    /// PAYLOAD_EXIT (24, 25): a process link broke. The reason is the payload.
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

    /// UNLINK (4): obsolete. SEEN: OTP 27 closes the connection for it, OTP 25 accepts it.
    record Unlink(Pid from, Pid to) implements ControlMessage {}

    /// UNLINK_ID (35): `from` removes its process link to `to`.
    ///
    /// @param id 1 to 2^64 - 1, unsigned
    record UnlinkId(long id, Pid from, Pid to) implements ControlMessage {}

    /// UNLINK_ID_ACK (36): the answer to [UnlinkId], with `from` and `to` exchanged.
    ///
    /// @param id the id of the request, unsigned
    record UnlinkIdAck(long id, Pid from, Pid to) implements ControlMessage {}

    /// GROUP_LEADER (7): `leader` becomes the group leader of `member`.
    record GroupLeader(Pid leader, Pid member) implements ControlMessage {}

    /// MONITOR_P (19): `from` monitors `to`.
    ///
    /// @param to a pid or a registered name
    record MonitorP(Pid from, Term to, Reference reference) implements ControlMessage {}

    /// DEMONITOR_P (20): `from` stops monitoring `to`.
    ///
    /// @param to a pid or a registered name
    record DemonitorP(Pid from, Term to, Reference reference) implements ControlMessage {}

    /// MONITOR_P_EXIT (21): a monitored process ended. The reason is in the tuple.
    ///
    /// @param from what was monitored: a pid or a registered name
    record MonitorPExit(Term from, Pid to, Reference reference, Term reason) implements ControlMessage {}

    /// PAYLOAD_MONITOR_P_EXIT (28): a monitored process ended. The reason is the payload.
    ///
    /// @param from what was monitored: a pid or a registered name
    record PayloadMonitorPExit(Term from, Pid to, Reference reference) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// SPAWN_REQUEST (29, 30): start a process with `module:function`. The payload is the list of arguments.
    record SpawnRequest(
            Reference requestId, Pid from, Pid groupLeader, Atom module, Atom function, int arity, List<Term> options)
            implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }

    /// SPAWN_REPLY (31, 32): the answer to a [SpawnRequest].
    ///
    /// @param flags [#LINKED], [#MONITORED], or both
    /// @param result the pid of the new process, or an atom with the reason of the failure
    record SpawnReply(Reference requestId, Pid to, int flags, Term result) implements ControlMessage {
        public static final int LINKED = 1;
        public static final int MONITORED = 2;
    }

    /// ALTACT_SIG_SEND (37, since OTP 28): a message to a pid or a name, or an exit signal. A message to an alias
    /// decodes as [AliasSend].
    ///
    /// @param to a pid, a registered name or an alias
    /// @param exit whether the payload is an exit reason instead of a message
    record AltactSend(Pid from, Term to, boolean exit) implements ControlMessage {
        @Override
        public boolean hasPayload() {
            return true;
        }
    }
}
