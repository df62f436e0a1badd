package dev.pier.testkit.app;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;

/// Sends each text back, and closes on request.
@ServerEndpoint(value = "/echo", subprotocols = "texts")
public class Echo {
    @OnMessage
    public void text(String text, Session session) throws IOException {
        if (text.equals("\"close\"")) {
            session.close(new CloseReason(() -> 4001, "as you wish"));
        } else {
            session.getBasicRemote().sendText(text);
        }
    }
}
