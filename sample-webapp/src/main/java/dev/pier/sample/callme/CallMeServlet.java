package dev.pier.sample.callme;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Tuple;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Form;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `POST /callme`: runs one of the lines on the card on the Erlang node, for users without an Erlang shell. The request
/// calls Erlang, and Erlang calls [ErlangSide] in this application, before the request is answered.
@WebServlet("/callme")
public final class CallMeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Atom thisNode = Atom.of(node.name());
            String line = Form.of(request).text("line", 20);
            String answer = switch (line) {
                case "call" ->
                    backend.call(
                                    "rpc",
                                    "call",
                                    thisNode,
                                    Atom.of("useless"),
                                    Atom.of("myfunction"),
                                    ListTerm.of(IntegerTerm.of(1), IntegerTerm.of(2)))
                            .term()
                            .toString();
                case "message" ->
                    backend.call(
                                    "erlang",
                                    "send",
                                    process("callme", thisNode),
                                    Tuple.of(Atom.of("any"), Atom.of("message")))
                            .term()
                            .toString();
                case "counter" ->
                    backend.call("gen_server", "call", process("counter", thisNode), Atom.of("next"))
                            .term()
                            .toString();
                default -> throw new BadRequest(400, "line must be call, message or counter");
            };
            Json.object().put("answer", answer).send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    /// A registered process as Erlang addresses it: `{Name, Node}`.
    private static Tuple process(String name, Atom node) {
        return Tuple.of(Atom.of(name), node);
    }
}
