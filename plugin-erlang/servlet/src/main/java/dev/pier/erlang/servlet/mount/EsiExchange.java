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
import java.util.List;
import java.util.Set;

/// Requests to callbacks of `mod_esi`, by the module `pier_esi` of the peer.
record EsiExchange(Gateway.Esi gateway, ErlangNode node, Duration timeout) implements Exchange {
    private static final EncodedHead.Key TARGET = EncodedHead.Key.of("target");

    /// The methods for which `mod_esi` calls a function.
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "DELETE", "PUT", "PATCH", "POST");

    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (!METHODS.contains(request.getMethod())) {
            Problem.answer(501, "The method is not supported here.", response);
            return;
        }
        List<Atom> modules = gateway.callable().stream().map(Atom::of).toList();
        EncodedHead head = RequestTerm.map(request);
        head.putLatin1(TARGET, RequestTerm.target(request));
        head.putLatin1(RequestTerm.LOCAL_ADDR, request.getLocalAddr());
        BodyProgress watched = new BodyProgress(request);
        try (ReplyStream rows = ErlangRequest.begin(
                peer, "pier_esi", "serve", modules, head.toArgument(), RequestTerm.body(watched, node))) {
            boolean _ = new StreamedResponse(watched, response, HopByHop.DROPPED).send(rows, timeout);
        }
    }
}
