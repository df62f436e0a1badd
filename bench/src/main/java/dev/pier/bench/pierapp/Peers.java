package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Drive;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Runs threads that call `bench:echo/1` on the peers `peer1`, `peer2` and so on in turn. Their number is in the path.
@WebServlet("/drive/peers/*")
public final class Peers extends HttpServlet {
    @Resource(name = "erlang/node")
    ErlangNode node;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<Peer> peers = IntStream.rangeClosed(1, Drive.number(request))
                .mapToObj(number -> node.peer("peer" + number))
                .toList();
        AtomicInteger next = new AtomicInteger();
        Drive.answer(
                request,
                response,
                () -> number -> Calls.echo(peers.get(Math.floorMod(next.getAndIncrement(), peers.size())), number));
    }
}
