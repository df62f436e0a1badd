package dev.pier.sample.hello;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.sample.web.Json;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// `GET /hello`: the answer of `uwsgitest:hello()`. `?style=fast` calls it the other way; the answer is the same.
/// `&as=json` gives it with the time that the call has taken.
@WebServlet("/hello")
public final class HelloServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long began = System.nanoTime();
        Reply reply = "fast".equals(request.getParameter("style")) ? fast() : connected();
        long nanos = System.nanoTime() - began;
        String answer = reply.as(String.class);
        if ("json".equals(request.getParameter("as"))) {
            Json.object()
                    .put("answer", answer)
                    .put("micros", TimeUnit.NANOSECONDS.toMicros(nanos))
                    .send(response);
        } else {
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter().print(answer);
        }
    }

    /// Connect-style: the peer that `server.conf` lists as `backend`. The server connects to it, once, and all
    /// requests share that connection.
    private Reply connected() {
        return backend.call("uwsgitest", "hello");
    }

    /// Fast-style: a node by its name, connected to when first asked for. It costs no connection of its own per
    /// request either.
    private Reply fast() {
        return node.peer(backend.nodeName()).call("uwsgitest", "hello");
    }
}
