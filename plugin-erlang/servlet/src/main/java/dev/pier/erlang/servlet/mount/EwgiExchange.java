package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.term.Atom;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/// Requests to an EWGI application, by the module `pier_ewgi` of the peer: one process runs the application,
/// reads the body as an [Upload], and sends the response as a stream.
///
/// SPEC: EWGI 1.1
record EwgiExchange(Gateway.Ewgi gateway, ErlangNode node, Duration timeout) implements Exchange {
    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        BodyProgress watched = new BodyProgress(request);
        try (ReplyStream rows = ErlangRequest.begin(
                peer,
                "pier_ewgi",
                "serve",
                Atom.of(gateway.module()),
                Atom.of(gateway.function()),
                RequestTerm.tuple(request, gateway.stripPath(), gateway.rawPath())
                        .toArgument(),
                RequestTerm.body(watched, node))) {
            boolean _ = new StreamedResponse(watched, response, HopByHop.REFUSED).send(rows, timeout);
        }
    }
}
