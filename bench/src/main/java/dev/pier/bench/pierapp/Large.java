package dev.pier.bench.pierapp;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.JsonResponses;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/// Streams the list from `bench_large:prepare/1` as JSON.
@WebServlet("/large")
public final class Large extends HttpServlet {
    /// Long enough for Erlang to encode the whole list, which it does before it sends the first byte.
    private static final CallOptions OPTIONS = new CallOptions(Duration.ofMinutes(2));

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        JsonResponses.write(backend.with(OPTIONS).stream("bench_large", "rows"), response);
    }
}
