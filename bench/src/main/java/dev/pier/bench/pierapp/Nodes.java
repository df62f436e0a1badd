package dev.pier.bench.pierapp;

import dev.pier.erlang.ErlangNode;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Opens `count` further nodes, which stay open and serve `bench:echo/1`.
@WebServlet("/nodes")
public final class Nodes extends HttpServlet {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int count = Integer.parseInt(request.getParameter("count"));
        for (int i = 1; i <= count; i++) {
            node.open("further" + i).expose("bench", "echo", 1, arguments -> arguments.term(0));
        }
        response.getWriter().println(count);
    }
}
