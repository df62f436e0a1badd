package dev.pier.bench.pierapp;

import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Tuple;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Calls `bench:echo/1` and returns the result as JSON: `[17,"hello, world"]`.
@WebServlet("/call")
public final class Call extends HttpServlet {
    private static final Binary TEXT = Binary.of("hello, world");

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long id = Long.parseLong(request.getParameter("id"));
        JsonResponses.write(backend.call("bench", "echo", Tuple.of(IntegerTerm.of(id), TEXT)), response);
    }
}
