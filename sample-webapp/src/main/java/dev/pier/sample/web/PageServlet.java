package dev.pier.sample.web;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// `GET /page`: the data that the page needs at its start: the token for [CsrfGuard], the names of both nodes and
/// that of the chat's, and whether the chat's plug is mounted.
@WebServlet("/page")
public final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /// The page waits for the answer.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    /// Whether server.conf mounts the plug of the chat, and its node has Plug: a request for an absent page would be an
    /// error in the browser's console.
    private static boolean hasPlug(Peer chat) {
        try {
            return chat.with(new CallOptions(PATIENCE))
                    .call("Elixir.Chat.Page", "ready?")
                    .as(boolean.class);
        } catch (ErlangException _) {
            return false;
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.object()
                .put("token", CsrfGuard.token(request, response))
                .put("node", node.name())
                .put("backend", backend.nodeName())
                .put("chat", chat().map(Peer::nodeName).orElse(null))
                .put("plug", chat().filter(PageServlet::hasPlug).isPresent())
                .send(response);
    }

    /// The peer of the chat; empty if `server.conf` has no such peer: the chat needs Elixir, which is not installed
    /// everywhere.
    private Optional<Peer> chat() {
        try {
            return Optional.of(node.peer("chat"));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
