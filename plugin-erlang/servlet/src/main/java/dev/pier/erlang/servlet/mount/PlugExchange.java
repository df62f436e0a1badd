package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/// Requests to a plug, by the module `pier_plug` of the peer. A plug gets the path as the client has sent it.
///
/// SPEC: Plug.Conn.Adapter
record PlugExchange(Gateway.Plug gateway, ErlangNode node, Duration timeout) implements Exchange {
    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        ConnectionExchange.serve(
                request,
                response,
                node,
                timeout,
                upload -> peer.stream(
                        "pier_plug",
                        "serve",
                        Atom.of(gateway.module()),
                        gateway.options(),
                        RequestTerm.ofConnection(request, gateway.stripPath()),
                        upload));
    }
}
