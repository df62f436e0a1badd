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
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// `POST /echo`: sends a text to Erlang's registered process `echoer`. The answer is a message, too: it arrives at this
/// node's registered process `echo_answers`, whose handler gives it to the request that waits for it.
@WebServlet(urlPatterns = "/echo", loadOnStartup = 1)
public final class EchoServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final int MAX_TEXT = 200;
    private static final String ANSWERS = "echo_answers";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    /// The requests that wait, by the reference in their message.
    private final transient Map<Long, CompletableFuture<Json>> waiting = new ConcurrentHashMap<>();

    private final transient AtomicLong references = new AtomicLong();

    @Override
    public void init() {
        node.register(ANSWERS, this::answered);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long reference = references.incrementAndGet();
        CompletableFuture<Json> answer = new CompletableFuture<>();
        waiting.put(reference, answer);
        try {
            String text = Form.of(request).text("text", MAX_TEXT);
            Tuple from = Tuple.of(Atom.of(ANSWERS), Atom.of(node.name()));
            long sent = System.nanoTime();
            // echoer ! {echo, {echo_answers, 'web@localhost'}, Reference, <<"text">>}
            backend.send("echoer", Tuple.of(Atom.of("echo"), from, IntegerTerm.of(reference), Binary.of(text)));
            answer.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS)
                    .put("micros", TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sent))
                    .send(response);
        } catch (TimeoutException _) {
            Problem.send(response, 504, "the process echoer has not answered");
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        } finally {
            waiting.remove(reference);
        }
    }

    /// Handles `{echoed, Reference, Text, Count}` on the process's own thread.
    private void answered(Message message, ErlangProcess self) {
        if (message.term() instanceof Tuple(List<Term> parts)
                && parts.size() == 4
                && parts.get(1) instanceof IntegerTerm(long reference)
                && parts.get(2) instanceof Binary text
                && parts.get(3) instanceof IntegerTerm(long count)) {
            CompletableFuture<Json> request = waiting.get(reference);
            if (request != null) {
                request.complete(Json.object()
                        .put("text", text.utf8().orElse(""))
                        .put("count", count)
                        .put("to", self.self().toString()));
            }
        }
    }
}
