package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/// Requests to a plug, by the module `pier_plug` of the peer. A plug gets the path as the client has sent it.
///
/// SPEC: Plug.Conn.Adapter
record PlugExchange(Gateway.Plug gateway, ErlangNode node, Duration timeout) implements Exchange {
    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Map<Atom, Term> head = RequestTerm.of(request, gateway.stripPath(), true);
        RequestTerm.addConnection(head, request);
        BodyProgress watched = new BodyProgress(request);
        try (ReplyStream rows = peer.stream(
                "pier_plug",
                "serve",
                gateway.arguments().get(0),
                gateway.arguments().get(1),
                head,
                RequestTerm.body(watched, node))) {
            new StreamedResponse(watched, response, HopByHop.DROPPED).send(rows, timeout);
        }
    }
}
