package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.servlet.JsonBody;
import dev.pier.erlang.servlet.JsonResponses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;

/// Requests as calls of a function: `find(Query)`, or `find(Query, Body)` for methods with a body.
///
/// The query is a map of binaries, so that no text of a client becomes an atom. `{ok, Value}` and any other
/// value are answered with 200 and JSON, `ok` with 204, `{error, Reason}` as [ReasonTable] says.
record CallExchange(Gateway.Call gateway, ErlangNode node) implements Exchange {
    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!gateway.methods().contains(request.getMethod())) {
            response.setHeader("Allow", String.join(", ", new TreeSet<>(gateway.methods())));
            Problem.answer(405, "The method is not allowed here.", response);
            return;
        }
        String below = request.getPathInfo();
        if (below != null && !below.equals("/")) {
            Problem.answer(404, "There is nothing at this path.", response);
            return;
        }
        Map<String, Object> query;
        try {
            query = QueryString.parse(request.getQueryString());
        } catch (QueryString.Malformed _) {
            Problem.answer(400, "The query is not percent-encoded UTF-8.", response);
            return;
        }
        try {
            answer(call(peer, request, query), response);
        } catch (ReturnedError e) {
            OptionalInt status = ReasonTable.statusOf(e.reason());
            if (status.isEmpty()) {
                throw e;
            }
            Problem.answer(status.getAsInt(), ReasonTable.sentenceOf(e.reason()), response);
        }
    }

    private Reply call(Peer peer, HttpServletRequest request, Map<String, Object> query) throws IOException {
        return Gateway.Call.hasBody(request.getMethod())
                ? peer.call(gateway.module(), gateway.function(), query, JsonBody.of(request, node))
                : peer.call(gateway.module(), gateway.function(), query);
    }

    private static void answer(Reply reply, HttpServletResponse response) throws IOException {
        Reply value;
        try {
            value = reply.ok();
        } catch (UnexpectedTerm _) {
            JsonResponses.write(reply, response);
            return;
        }
        if (value.equals(reply)) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        } else {
            JsonResponses.write(value, response);
        }
    }
}
