package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Drive;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/// Runs threads that send messages to `bench_sink`, which counts them, or to `bench_echo`, which sends them back. Each
/// has its own mailbox.
@WebServlet({"/drive/messages", "/drive/echo"})
public final class Messages extends HttpServlet {
    private static final Binary TEXT = Binary.of("hello, world");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean echo = request.getServletPath().endsWith("echo");
        Drive.answer(request, response, echo ? () -> new Echo(node.mailbox()) : () -> new OneWay(node.mailbox()));
    }

    /// Sends a message to `bench_echo`, and compares the one that comes back.
    static void echo(Mailbox mailbox, Peer backend, long number) {
        Term sent = message(mailbox, number);
        mailbox.send("bench_echo", backend.nodeName(), sent);
        Term answer = receive(mailbox);
        Drive.expect(answer.equals(sent), answer);
    }

    private static Term message(Mailbox from, long number) {
        return Tuple.of(from.self(), IntegerTerm.of(number), TEXT);
    }

    private static Term receive(Mailbox mailbox) {
        return mailbox.receive(TIMEOUT)
                .orElseThrow(() -> new IllegalStateException("no answer within " + TIMEOUT.toSeconds() + " s"))
                .term();
    }

    private final class Echo implements Drive.Caller {
        private final Mailbox mailbox;

        Echo(Mailbox mailbox) {
            this.mailbox = mailbox;
        }

        @Override
        public void work(long number) {
            echo(mailbox, backend, number);
        }

        @Override
        public void finish() {
            mailbox.close();
        }
    }

    private final class OneWay implements Drive.Caller {
        private final Mailbox mailbox;
        private final Drive.Window window = new Drive.Window();

        OneWay(Mailbox mailbox) {
            this.mailbox = mailbox;
        }

        @Override
        public void work(long number) throws Exception {
            mailbox.send("bench_sink", backend.nodeName(), message(mailbox, number));
            window.sent(number, this::awaitCount);
        }

        private long awaitCount() {
            Term answer = receive(mailbox);
            Drive.expect(answer instanceof IntegerTerm, answer);
            return ((IntegerTerm) answer).value();
        }

        @Override
        public void finish() throws Exception {
            window.finish(this::awaitCount);
            mailbox.close();
        }
    }
}
