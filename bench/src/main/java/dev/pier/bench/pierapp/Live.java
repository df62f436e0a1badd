package dev.pier.bench.pierapp;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.socket.ErlangSocket;
import jakarta.annotation.Resource;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;

/// Makes each browser a process, and joins it with a room of `bench_live`.
@ServerEndpoint("/live/{room}")
public final class Live {
    @Resource(name = "erlang/node")
    private ErlangNode node;

    @Resource(name = "erlang/backend")
    private Peer backend;

    @OnOpen
    public void open(Session session, @PathParam("room") String room) {
        ErlangSocket.open(session, node).join(backend, "bench_live", "join", room);
    }
}
