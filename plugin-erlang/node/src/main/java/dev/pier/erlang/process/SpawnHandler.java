package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.dist.WellKnownAtoms;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;

/// Answers spawn requests of peers, which `rpc:call` and `erpc:call` send.
///
/// Threads: the reader of the connection, which must not block. Each request gets exactly one SPAWN_REPLY, before any
/// other signal with the id of the request; a peer that gets a `DOWN` first drops the connection. SEEN: OTP 25, OTP
/// 27.
///
/// ```java
/// LocalProcess process = processes.spawn(body);
/// session.sendRequired(new SpawnReply(request.requestId(), request.from(), flags, process.pid()), process.pid());
/// process.linkedByPeer(session, request.from());                                    // for the option `link`
/// process.monitored(session, request.from(), process.pid(), request.requestId());   // for the option `monitor`
/// // now the work may begin; process.end(reason) signals its end over the link and the monitor
/// ```
@FunctionalInterface
public interface SpawnHandler {
    /// Starts nothing: the caller gets `notsup`.
    SpawnHandler NONE = (session, request, _) -> refuse(session, request, WellKnownAtoms.NOTSUP);

    /// @param arguments a list, still encoded
    void spawn(Session session, ControlMessage.SpawnRequest request, EncodedTerm arguments);

    /// Answers that nothing was started, with the reason.
    static void refuse(Session session, ControlMessage.SpawnRequest request, Atom reason) {
        session.sendRequired(
                new ControlMessage.SpawnReply(request.requestId(), request.from(), 0, reason), session.nodePid());
    }
}
