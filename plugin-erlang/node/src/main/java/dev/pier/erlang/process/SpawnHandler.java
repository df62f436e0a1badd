package dev.pier.erlang.process;

import dev.pier.erlang.dist.ControlMessage;
import dev.pier.erlang.etf.EncodedTerm;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;

/// Answers requests of peers to start a process here, which is what `rpc:call` and `erpc:call` send.
///
/// Called by the connection's reader: it must not block, and it owes the peer exactly one SPAWN_REPLY, before any other
/// signal that has the request's id.
///
/// ```java
/// LocalProcess process = processes.spawn(body);
/// process.watched(session, request.from(), process.pid(), request.requestId());   // for the option `monitor`
/// process.linked(session, request.from());                                        // for the option `link`
/// session.demand(new SpawnReply(request.requestId(), request.from(), flags, process.pid()), process.pid());
/// // now the work may begin; process.end(reason) tells its end to those who watch
/// ```
@FunctionalInterface
public interface SpawnHandler {
    /// Starts nothing: the caller gets `notsup`.
    SpawnHandler NONE = (session, request, _) -> refuse(session, request, Atom.of("notsup"));

    /// @param arguments a list, still encoded
    void spawn(Session session, ControlMessage.SpawnRequest request, EncodedTerm arguments);

    /// Answers that nothing was started, with the reason.
    static void refuse(Session session, ControlMessage.SpawnRequest request, Atom why) {
        session.demand(new ControlMessage.SpawnReply(request.requestId(), request.from(), 0, why), session.nobody());
    }
}
