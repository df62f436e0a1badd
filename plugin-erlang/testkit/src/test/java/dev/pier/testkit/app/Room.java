package dev.pier.testkit.app;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.socket.ErlangSocket;
import jakarta.annotation.Resource;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;

/// Connects each browser with the server that `room:join(Pid, Name)` returns.
@ServerEndpoint("/room/{name}")
public class Room {
    @Resource(name = "erlang/node")
    private ErlangNode node;

    @Resource(name = "erlang/backend")
    private Peer backend;

    @OnOpen
    public void open(Session session, @PathParam("name") String name) {
        ErlangSocket.open(session, node).join(backend, "room", "join", name);
    }
}
