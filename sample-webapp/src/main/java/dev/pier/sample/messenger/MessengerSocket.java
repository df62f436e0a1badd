package dev.pier.sample.messenger;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.socket.ErlangSocket;
import jakarta.annotation.Resource;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/// A user of Erlang's messenger in a browser: `messenger:join(Pid)`. For the messenger, the browser is a client like
/// those in Erlang shells, with a pid. `messenger.erl` says what travels.
@ServerEndpoint("/messenger")
public final class MessengerSocket {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @OnOpen
    public void open(Session session) {
        ErlangSocket.open(session, node).join(backend, "messenger", "join");
    }
}
