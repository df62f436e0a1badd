package dev.pier.bench.pierapp;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/// A WebSocket that echoes texts.
@ServerEndpoint("/quiet")
public final class Quiet {
    @OnMessage
    public String echo(String text) {
        return text;
    }
}
