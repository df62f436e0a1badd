package dev.pier.erlang.process;

import dev.pier.erlang.etf.DecodeLimits;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.PendingReply;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import org.jspecify.annotations.Nullable;

/// A monitor that a process of this node has set.
///
/// @param watcher the process that monitors
/// @param session the connection to the monitored process; `null` if that is in this node, or not reachable
/// @param local the monitored process if it is in this node
/// @param target what MONITOR_P names: a pid or a registered name
/// @param object what `DOWN` names: a pid, or `{Name, Node}`
record OutgoingMonitor(
        LocalProcess watcher,
        Reference reference,
        @Nullable Session session,
        @Nullable LocalProcess local,
        Term target,
        Term object,
        DecodeLimits limits)
        implements PendingReply {
    @Override
    public void on(Event event) {
        switch (event) {
            case Event.Exit(EncodedTerm reason) ->
                watcher.outgoingMonitors().down(reference, ExitReason.of(reason, limits));
            case Event.DecodedExit(Term reason) ->
                watcher.outgoingMonitors().down(reference, ExitReason.received(reason, limits));
            case Event.Message(EncodedTerm message) -> watcher.aliasMessage(reference, message);
            case Event.Oversized(String limit) -> watcher.oversized(reference, limit);
            case Event.Lost _ -> watcher.outgoingMonitors().down(reference, ExitReason.NOCONNECTION);
            case Event.Spawned _, Event.Fragment _, Event.BatcherEnded _ -> {
                // A monitor spawns nothing, takes no fragments, and is not run by the call batcher.
            }
        }
    }
}
