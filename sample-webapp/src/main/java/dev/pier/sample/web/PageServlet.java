package dev.pier.sample.web;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// `GET /page`: the data that the page needs at its start: the token for [CsrfGuard], the names of both nodes, and
/// that of the chat's.
@WebServlet("/page")
public final class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.object()
                .put("token", CsrfGuard.token(request, response))
                .put("node", node.name())
                .put("backend", backend.nodeName())
                .put("chat", chat().orElse(null))
                .send(response);
    }

    /// The node of the chat; empty if `server.conf` has no such peer: the chat needs Elixir, which is not installed
    /// everywhere.
    private Optional<String> chat() {
        try {
            return Optional.of(node.peer("chat").nodeName());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
