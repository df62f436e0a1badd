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

/// `GET /console`: the allowed functions. `POST /console` calls one of them and returns all details: the result as
/// Erlang prints it and as JSON, the duration, or the error's reason and Erlang's stack trace.
///
/// Other applications leave errors to the server, which hides their details from clients. The console exists to show
/// them.
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
            Object[] arguments =
                    "erlang".equals(form.text("notation", 10)) ? ErlangText.arguments(text) : JsonArguments.of(text);
            call(function, arguments).send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        } catch (BadArgument e) {
            Problem.send(response, 400, String.valueOf(e.getMessage()));
        }
    }

    private Json call(String function, Object[] arguments) throws BadRequest, IOException {
        allowed.check(function);
        String[] names = function.split(":", -1);
        long start = System.nanoTime();
        Json answer = Json.object();
        try {
            Reply reply = backend.call(names[0], names[1], arguments);
            putDuration(start, answer).put("ok", true);
            putResult(reply, answer);
        } catch (RemoteException e) {
            putDuration(start, answer).put("ok", false);
            putError(e, answer);
        }
        return answer;
    }

    private static Json putDuration(long start, Json answer) {
        return answer.put("micros", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - start));
    }

    private static void putResult(Reply reply, Json answer) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        reply.writeJson(json);
        answer.put("erlang", truncated(reply.term().toString()));
        answer.put("json", truncated(json.toString(StandardCharsets.UTF_8)));
    }

    private static void putError(RemoteException e, Json answer) {
        answer.put("reason", truncated(e.reason().toString()));
        switch (e) {
            case RemoteThrow _ -> answer.put("kind", "throw");
            case RemoteExit _ -> answer.put("kind", "exit");
            case RemoteError error ->
                answer.put("kind", "error").put("stack", truncated(ErlangText.stack(error.erlangStackTrace())));
        }
    }

    private static String truncated(String text) {
        return text.length() <= MAX_SHOWN
                ? text
                : text.substring(0, MAX_SHOWN) + " … (" + text.length() + " characters)";
    }
}
