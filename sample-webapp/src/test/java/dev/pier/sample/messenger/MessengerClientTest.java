package dev.pier.sample.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Reference;
import dev.pier.erlang.term.Term;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MessengerClientTest {
    private static final String NODE = "backend@localhost";
    private static final Pid SELF = new Pid(Atom.of("web@localhost"), 1, 0, 1);
    private static final Reference MONITOR = new Reference(Atom.of("web@localhost"), 1, 1);

    /// When the server's node goes, monitor and link tell of it. The monitor's message may be read in the very
    /// moment in which the link ends the process.
    @Test
    void theUserIsToldOfTheEndThoughTheProcessHasEndedAlready() throws Exception {
        Message down = proxy(Message.class, (_, method, _) -> switch (method.getName()) {
            case "down" -> Optional.of(new Message.Down(MONITOR, Atom.of("messenger"), Atom.of("noconnection")));
            default -> throw new UnsupportedOperationException(method.getName());
        });
        Mailbox process = proxy(Mailbox.class, (_, method, _) -> switch (method.getName()) {
            case "self" -> SELF;
            case "monitor" -> MONITOR;
            case "receive" -> Optional.of(down);
            case "isAlive" -> false;
            case "close" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
        Told told = new Told();

        MessengerClient.start(proxy(ErlangNode.class, (_, _, _) -> process), NODE, told);

        assertThat(told.stops.poll(10, TimeUnit.SECONDS)).isEqualTo("noconnection");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static final class Told implements MessengerClient.Listener {
        final BlockingQueue<String> stops = new LinkedBlockingQueue<>();

        @Override
        public void answered(String what) {
            throw new AssertionError(what);
        }

        @Override
        public void message(Term from, Term text) {
            throw new AssertionError(text);
        }

        @Override
        public void stopped(MessengerClient client, String why) {
            stops.add(why);
        }
    }
}
