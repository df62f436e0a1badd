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

/// `GET /hello`: the result of `uwsgitest:hello()`. `?style=fast` calls it through a peer found by its node
/// name; the result is the same. `&as=json` adds the duration of the call.
@WebServlet("/hello")
public final class HelloServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long start = System.nanoTime();
        Reply reply = "fast".equals(request.getParameter("style")) ? fast() : connected();
        long nanos = System.nanoTime() - start;
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

    /// Connect style: calls the peer that `server.conf` lists as `backend`. The server connects once, and all
    /// requests share the connection.
    private Reply connected() {
        return backend.call("uwsgitest", "hello");
    }

    /// Fast style: calls a node by its name. The server connects on first use, and all requests share the
    /// connection.
    private Reply fast() {
        return node.peer(backend.nodeName()).call("uwsgitest", "hello");
    }
}
