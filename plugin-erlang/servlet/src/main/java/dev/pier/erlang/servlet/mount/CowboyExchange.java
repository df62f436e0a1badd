package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/// Requests to a listener of Cowboy, by the module `pier_cowboy` of the peer, which plays Cowboy's connection.
record CowboyExchange(Gateway.Cowboy gateway, ErlangNode node, Duration timeout) implements Exchange {
    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        ConnectionExchange.serve(
                request,
                response,
                node,
                timeout,
                upload -> peer.stream(
                        "pier_cowboy",
                        "serve",
                        gateway.selector(),
                        RequestTerm.ofConnection(request, gateway.stripPath()),
                        upload));
    }
}
