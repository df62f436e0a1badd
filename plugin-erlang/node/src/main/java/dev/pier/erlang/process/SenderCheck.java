package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;

/// Checks that a peer signals only in the name of its own processes. Else it could end links, monitors and spawned
/// processes of a third node. Pure.
///
/// A message may name any sender, because the sender has no effect. Signals about references are identified by their
/// connection. OTP: dist.c:erts_net_message, which closes the connection as well.
final class SenderCheck {
    private SenderCheck() {}

    /// @throws ProtocolViolation if the sender is a process of another node
    static void check(Atom peer, ControlMessage control) throws ProtocolViolation {
        switch (control) {
            case ControlMessage.Link(Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.Unlink(Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.UnlinkId(long _, Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.UnlinkIdAck(long _, Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.Exit exit -> check(peer, exit.from(), control);
            case ControlMessage.PayloadExit(Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.Exit2 exit -> check(peer, exit.from(), control);
            case ControlMessage.PayloadExit2(Pid from, Pid _) -> check(peer, from, control);
            case ControlMessage.AltactSend altact -> {
                if (altact.exit()) {
                    check(peer, altact.from(), control);
                }
            }
            case ControlMessage.MonitorP monitor -> check(peer, monitor.from(), control);
            case ControlMessage.DemonitorP demonitor -> check(peer, demonitor.from(), control);
            case ControlMessage.SpawnRequest request -> check(peer, request.from(), control);
            case ControlMessage.Send _,
                    ControlMessage.RegSend _,
                    ControlMessage.AliasSend _,
                    ControlMessage.GroupLeader _,
                    ControlMessage.SpawnReply _,
                    ControlMessage.MonitorPExit _,
                    ControlMessage.PayloadMonitorPExit _ -> {}
        }
    }

    private static void check(Atom peer, Pid from, ControlMessage control) throws ProtocolViolation {
        if (!from.node().equals(peer)) {
            throw new ProtocolViolation("a " + control.getClass().getSimpleName() + " in the name of " + from
                    + ", a process of the node " + from.node());
        }
    }
}
