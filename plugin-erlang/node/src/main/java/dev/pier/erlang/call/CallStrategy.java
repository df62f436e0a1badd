package dev.pier.erlang.call;

import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.dist.Capabilities;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.process.ProcessTable;
import dev.pier.erlang.term.Pid;

/// A way to call functions on a peer. Stateless.
///
/// | strategy | where | one call is |
/// |---|---|---|
/// | [Batched] | the call batcher `pier_calls` runs on the peer | a message to it |
/// | [Spawned] | the peer offers DFLAG_SPAWN and both monitor flags | a request to spawn `erpc:execute_call/4` |
/// | [LegacyRex] | all other peers | a message to the process `rex` |
public sealed interface CallStrategy {
    Batched BATCHED = new Batched();
    Spawned SPAWNED = new Spawned();
    LegacyRex LEGACY_REX = new LegacyRex();

    /// The best way to call over a connection at this moment.
    static CallStrategy of(Session session) {
        if (session.batcher().isPresent()) {
            return BATCHED;
        }
        return canSpawn(session.connection().capabilities()) ? SPAWNED : LEGACY_REX;
    }

    /// Whether a call can be a request to spawn. The answer is the exit reason of the process, so the peer must
    /// offer monitors as well. OTP: dist.c:erts_dsig_send_m_exit
    static boolean canSpawn(Capabilities capabilities) {
        return capabilities.spawn() && capabilities.monitors();
    }

    /// Sends a call. The arguments are encoded on this thread, before anything is queued.
    ///
    /// @param processes the processes of this node, one of which may receive the answer
    /// @param deadlineNanos when the call ends at the latest, a time of [System#nanoTime()]
    /// @throws dev.pier.erlang.BadArgument if an argument has no Erlang form; nothing was sent
    /// @throws dev.pier.erlang.Overloaded if a limit is reached; nothing was sent
    PendingCall start(Session session, ProcessTable processes, FunctionCall call, long deadlineNanos)
            throws ConnectionEnded;

    /// Sends a call without an answer; otherwise as [#start].
    void cast(Session session, FunctionCall call, long deadlineNanos) throws ConnectionEnded;

    /// Calls by a message to the call batcher. If that has just ended, the call is a request to spawn; casts
    /// always are.
    record Batched() implements CallStrategy {
        @Override
        public PendingCall start(Session session, ProcessTable processes, FunctionCall call, long deadlineNanos)
                throws ConnectionEnded {
            Pid batcher = session.batcher().orElse(null);
            if (batcher != null) {
                BatchedCall batched = new BatchedCall(session, batcher);
                PendingCall pending = new PendingCall(batched, call);
                if (batched.start(pending, call)) {
                    return pending;
                }
            }
            return SPAWNED.start(session, processes, call, deadlineNanos);
        }

        @Override
        public void cast(Session session, FunctionCall call, long deadlineNanos) throws ConnectionEnded {
            SPAWNED.cast(session, call, deadlineNanos);
        }
    }

    /// Calls by a request to spawn.
    record Spawned() implements CallStrategy {
        @Override
        public PendingCall start(Session session, ProcessTable processes, FunctionCall call, long deadlineNanos)
                throws ConnectionEnded {
            return start(session, call, GroupLeaderLookup.of(session, deadlineNanos));
        }

        /// @param groupLeader the process that the function's output goes to
        public PendingCall start(Session session, FunctionCall call, Pid groupLeader) throws ConnectionEnded {
            SpawnedExecution spawned = new SpawnedExecution(session);
            PendingCall pending = new PendingCall(spawned, call);
            spawned.start(pending, groupLeader, call);
            return pending;
        }

        @Override
        public void cast(Session session, FunctionCall call, long deadlineNanos) throws ConnectionEnded {
            SpawnedExecution.cast(session, GroupLeaderLookup.of(session, deadlineNanos), call);
        }
    }

    /// Calls by the legacy `rex` protocol.
    record LegacyRex() implements CallStrategy {
        @Override
        public PendingCall start(Session session, ProcessTable processes, FunctionCall call, long deadlineNanos)
                throws ConnectionEnded {
            RexCall rex = new RexCall(session);
            PendingCall pending = new PendingCall(rex, call);
            rex.start(pending, processes, call);
            return pending;
        }

        @Override
        public void cast(Session session, FunctionCall call, long deadlineNanos) throws ConnectionEnded {
            RexCall.cast(session, call);
        }
    }
}
