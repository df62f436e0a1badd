package dev.pier.sample.console;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteException;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.Reply;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Form;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.JsonReader;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// `GET /console`: the functions that are allowed. `POST /console` calls one of them, and tells everything: the result
/// as Erlang prints it and as JSON, how long it took, or why and where it failed in Erlang.
///
/// Other applications leave failures to the server, which tells clients nothing of the inside. Here the inside is what
/// there is to see.
@WebServlet("/console")
public final class ConsoleServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final int MAX_NAME = 100;
    private static final int MAX_ARGUMENTS = 20_000;
    private static final int MAX_SHOWN = 50_000;

    @Resource(name = "erlang/backend")
    Peer backend;

    private AllowedFunctions allowed = AllowedFunctions.NONE;

    @Override
    public void init() throws ServletException {
        allowed = AllowedFunctions.of(getServletContext());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.object().put("functions", allowed.all()).send(response);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Form form = Form.of(request);
            String function = form.text("function", MAX_NAME);
            String text = form.optionalText("arguments", MAX_ARGUMENTS);
            Object[] arguments = "erlang".equals(form.text("notation", 10))
                    ? ErlangText.arguments(text)
                    : JsonReader.array(text).toArray();
            call(function, arguments).send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        } catch (BadArgument e) {
            Problem.send(response, 400, String.valueOf(e.getMessage()));
        }
    }

    private Json call(String function, Object[] arguments) throws BadRequest, IOException {
        String[] names = function.split(":", -1);
        if (names.length != 2 || !allowed.contains(names[0], names[1])) {
            throw new BadRequest(403, function + " is not on the list of functions to call");
        }
        long began = System.nanoTime();
        Json answer = Json.object();
        try {
            Reply reply = backend.call(names[0], names[1], arguments);
            took(began, answer).put("ok", true);
            shown(reply, answer);
        } catch (RemoteException e) {
            took(began, answer).put("ok", false);
            failed(e, answer);
        }
        return answer;
    }

    private static Json took(long began, Json answer) {
        return answer.put("micros", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began));
    }

    private static void shown(Reply reply, Json answer) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        reply.writeJson(json);
        answer.put("erlang", bounded(reply.term().toString()));
        answer.put("json", bounded(json.toString(StandardCharsets.UTF_8)));
    }

    private static void failed(RemoteException e, Json answer) {
        answer.put("reason", bounded(e.reason().toString()));
        switch (e) {
            case RemoteThrow _ -> answer.put("kind", "throw");
            case RemoteExit _ -> answer.put("kind", "exit");
            case RemoteError error ->
                answer.put("kind", "error").put("stack", bounded(ErlangText.stack(error.erlangStackTrace())));
        }
    }

    private static String bounded(String text) {
        return text.length() <= MAX_SHOWN
                ? text
                : text.substring(0, MAX_SHOWN) + " … (" + text.length() + " characters)";
    }
}
