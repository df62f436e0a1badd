package dev.pier.sample.chat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.servlet.socket.ErlangSocket;
import dev.pier.erlang.servlet.socket.SocketOptions;
import jakarta.annotation.Resource;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.PathParam;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A user of the Elixir chat in a browser, in the chat for as long as the socket is open.
///
/// The chat's server knows its users by the process `message_handler` on their nodes. So each browser gets a node
/// of its own, on which its process has that name, and `Chat.Server.join(pid, nick)` lets it in.
@ServerEndpoint("/chat/{nick}")
public final class ChatSocket {
    /// The peer in `server.conf`.
    public static final String PEER = "chat";

    private static final String HANDLER = "message_handler";

    @Resource(name = "erlang/node")
    ErlangNode node;

    private ChatNodes.@Nullable Lease lease;

    @OnOpen
    public void open(Session session, @PathParam("nick") String nick) throws IOException {
        try {
            lease = ChatNodes.open(node);
        } catch (IOException e) {
            session.close(new CloseReason(CloseCodes.TRY_AGAIN_LATER, "cannot open a node for the user"));
            return;
        }
        // The chat monitors the handler; a link would end the chat with its first user who leaves.
        ErlangSocket.open(
                        session,
                        lease.node(),
                        SocketOptions.DEFAULT.withName(HANDLER).withoutLink())
                .join(lease.node().peer(PEER), "Elixir.Chat.Server", "join", nick);
    }

    @OnClose
    public void close() {
        if (lease != null) {
            lease.close();
        }
    }
}
