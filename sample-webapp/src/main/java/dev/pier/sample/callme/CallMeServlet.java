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

/// `POST /callme`: for those who have no Erlang shell at hand, has the Erlang node run one of the lines that the card
/// shows. So the call goes there, and from there to [ErlangSide] here, before it is answered.
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
            Atom here = Atom.of(node.name());
            String line = Form.of(request).text("line", 20);
            String answer = switch (line) {
                case "call" ->
                    backend.call(
                                    "rpc",
                                    "call",
                                    here,
                                    Atom.of("useless"),
                                    Atom.of("myfunction"),
                                    ListTerm.of(IntegerTerm.of(1), IntegerTerm.of(2)))
                            .term()
                            .toString();
                case "message" ->
                    backend.call("erlang", "send", to("callme", here), Tuple.of(Atom.of("any"), Atom.of("message")))
                            .term()
                            .toString();
                case "counter" ->
                    backend.call("gen_server", "call", to("counter", here), Atom.of("next"))
                            .term()
                            .toString();
                default -> throw new BadRequest(400, "line is call, message or counter");
            };
            Json.object().put("answer", answer).send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    private static Tuple to(String name, Atom node) {
        return Tuple.of(Atom.of(name), node);
    }
}
