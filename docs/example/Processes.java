import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.Peer;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Tuple;
import java.time.Duration;
import java.util.Optional;

/** The code of docs/processes.md. */
class Processes {
    static final Duration TIMEOUT = Duration.ofSeconds(5);

    static String ask(ErlangNode node) {
        // uwsgiecho ! {self(), hello}, receive Answer -> Answer after 5000 -> none end
        try (Mailbox mailbox = node.mailbox()) {
            mailbox.send("uwsgiecho", "backend@localhost", Tuple.of(mailbox.self(), Atom.of("hello")));
            return mailbox.receive(TIMEOUT).map(answer -> answer.as(String.class)).orElse("none");
        }
    }

    static Optional<Message> onlyUrgent(Mailbox mailbox) {
        // receive {urgent, _} = M -> M after 5000 -> none end
        return mailbox.receive(
                message -> message.term() instanceof Tuple tuple && tuple.is(Atom.of("urgent"), 2), TIMEOUT);
    }

    static ErlangProcess echo(ErlangNode node) {
        // {myprocess, 'web@localhost'} ! {self(), "Hello"}
        return node.register("myprocess", (message, self) -> {
            if (message.term() instanceof Tuple pair && pair.get(0) instanceof Pid sender) {
                self.send(sender, pair.get(1));
            }
        });
    }

    static void awaitEnd(Mailbox mailbox) {
        // Ref = monitor(process, {worker, 'backend@localhost'})
        Reference monitor = mailbox.monitor("worker", "backend@localhost");
        Optional<Message.Down> end = mailbox.receive(message -> message.down().isPresent(), TIMEOUT)
                .flatMap(Message::down);
        if (end.isEmpty()) {
            mailbox.demonitor(monitor); // and a report that came meanwhile is removed
        }
    }

    static void linkTo(Mailbox mailbox, Pid worker) {
        mailbox.trapExit(true); // process_flag(trap_exit, true)
        mailbox.link(worker);
        mailbox.receive(message -> message.exit().isPresent(), TIMEOUT)
                .flatMap(Message::exit)
                .ifPresent(exit -> System.out.println(exit.from() + " ended: " + exit.reason()));
    }

    static long count(Peer backend) {
        GenServerRef counter = backend.server("counter"); // {counter, 'backend@localhost'}
        counter.cast(Atom.of("reset"));
        GenServerRef everywhere = backend.globalServer("counter"); // {global, counter}
        return counter.call(Atom.of("next")).as(long.class)
                + everywhere.call(Atom.of("next"), TIMEOUT).as(long.class);
    }

    static final class Counter implements GenServer {
        private long count; // messages come one at a time: no lock needed

        @Override
        public void handleCall(Message request, From from) {
            if (request.term().equals(Atom.of("next"))) {
                from.reply(++count);
            } else {
                from.fail(Atom.of("badarg")); // the caller exits with that
            }
        }

        @Override
        public void handleCast(Message request) {
            count = 0;
        }
    }
}
