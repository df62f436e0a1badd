package dev.pier.sample.node;

import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `GET /system`: the Erlang node's figures from `this_node:figures()`, as JSON.
///
/// `POST /system/kill` kills the node if the node permits it: `bin/demo` sets an environment variable for that, and its
/// start script then restarts the node.
@WebServlet({"/system", "/system/kill"})
public final class NodeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Cache-Control", "no-store");
        JsonResponses.write(backend.call("this_node", "figures"), response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getServletPath().endsWith("/kill")) {
            response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        try {
            backend.call("this_node", "kill");
        } catch (ConnectionLost _) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT); // Expected: the node is gone.
        } catch (RemoteThrow _) {
            Problem.send(response, 403, "This node does not permit it; only the node of bin/demo can be killed here.");
        }
    }
}
