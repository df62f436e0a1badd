package dev.pier.sample.echo;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Form;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Pages;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `POST /echo`: sends a text to Erlang's registered process `echoer` and returns 202. The answer arrives later at this
/// node's registered process `echo_answers`, whose handler publishes it to the page that asked, as the event `echo`.
@WebServlet(urlPatterns = "/echo", loadOnStartup = 1)
public final class EchoServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final int MAX_TEXT = 200;
    private static final String ANSWERS = "echo_answers";

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    public void init() {
        node.register(ANSWERS, this::answered);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            String text = Form.of(request).text("text", MAX_TEXT);
            String page = Pages.of(getServletContext()).of(request);
            Tuple from = Tuple.of(Atom.of(ANSWERS), Atom.of(node.name()));
            Tuple reference = Tuple.of(Binary.of(page), IntegerTerm.of(System.nanoTime()));
            // echoer ! {echo, {echo_answers, 'web@localhost'}, Reference, <<"text">>}
            backend.send("echoer", Tuple.of(Atom.of("echo"), from, reference, Binary.of(text)));
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    /// Handles `{echoed, Reference, Text, Count}` on the process's own thread.
    private void answered(Message message, ErlangProcess self) {
        if (message.term() instanceof Tuple(List<Term> parts)
                && parts.size() == 4
                && parts.get(1) instanceof Tuple(List<Term> reference)
                && reference.size() == 2
                && reference.get(0) instanceof Binary page
                && reference.get(1) instanceof IntegerTerm(long sent)
                && parts.get(2) instanceof Binary text
                && parts.get(3) instanceof IntegerTerm(long count)) {
            Json answer = Json.object()
                    .put("text", text.utf8().orElse(""))
                    .put("count", count)
                    .put("to", self.self().toString())
                    .put("micros", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sent));
            Pages.of(getServletContext()).publish(page.utf8().orElse(""), "echo", answer);
        }
    }
}
