package dev.pier.sample.node;

import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `GET /system`: the Erlang node's own figures, from `pier_sample:system()`, as JSON.
@WebServlet("/system")
public final class SystemServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        backend.call("pier_sample", "system").writeJson(response);
    }
}
