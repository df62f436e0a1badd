package dev.pier.bench.pierapp;

import dev.pier.bench.driven.Drive;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Peer;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs threads that send messages to `bench_echo`, which sends them back. They share the mailboxes whose number is
/// in the path, and use one after the other. The mailboxes stay open.
@WebServlet("/drive/mailboxes/*")
public final class Mailboxes extends HttpServlet {
    private final List<Mailbox> open = new ArrayList<>();

    @Resource(name = "erlang/node")
    ErlangNode node;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<Mailbox> mailboxes = first(Drive.number(request));
        int callers = Drive.callers(request);
        AtomicInteger caller = new AtomicInteger();
        Drive.answer(request, response, () -> new Turns(mailboxes, caller.getAndIncrement(), callers));
    }

    private synchronized List<Mailbox> first(int count) {
        while (open.size() < count) {
            open.add(node.mailbox());
        }
        return List.copyOf(open.subList(0, count));
    }

    /// Uses each mailbox whose index is that of the caller, plus a multiple of the number of callers.
    private final class Turns implements Drive.Caller {
        private final List<Mailbox> mailboxes;
        private final int caller;
        private final int callers;
        private int next;

        Turns(List<Mailbox> mailboxes, int caller, int callers) {
            this.mailboxes = mailboxes;
            this.caller = caller;
            this.callers = callers;
            next = caller;
        }

        @Override
        public void work(long number) {
            Messages.echo(mailboxes.get(next), backend, number);
            next += callers;
            if (next >= mailboxes.size()) {
                next = caller;
            }
        }
    }
}
