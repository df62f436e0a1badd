package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Drive;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Runs threads that call `bench:echo/1`.
@WebServlet("/drive/calls")
public final class Calls extends HttpServlet {
    private static final Binary TEXT = Binary.of("hello, world");

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Drive.answer(request, response, () -> number -> echo(backend, number));
    }

    /// Calls `bench:echo/1` and compares its result.
    static void echo(Peer peer, long number) {
        Term sent = Tuple.of(IntegerTerm.of(number), TEXT);
        Term answer = peer.call("bench", "echo", sent).term();
        Drive.expect(answer.equals(sent), answer);
    }
}
