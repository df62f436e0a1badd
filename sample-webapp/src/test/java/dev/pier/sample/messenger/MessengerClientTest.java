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

    /// When the server's node ends, both the monitor and the link report it. The process may read the monitor's
    /// message while the link is already ending it.
    @Test
    void theListenerLearnsTheReasonEvenIfTheProcessHasAlreadyEnded() throws Exception {
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
        StopRecorder recorder = new StopRecorder();

        MessengerClient.start(proxy(ErlangNode.class, (_, _, _) -> process), NODE, recorder);

        assertThat(recorder.reasons.poll(10, TimeUnit.SECONDS)).isEqualTo("noconnection");
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static final class StopRecorder implements MessengerClient.Listener {
        final BlockingQueue<String> reasons = new LinkedBlockingQueue<>();

        @Override
        public void answered(String answer) {
            throw new AssertionError(answer);
        }

        @Override
        public void message(Term from, Term text) {
            throw new AssertionError(text);
        }

        @Override
        public void stopped(MessengerClient client, String reason) {
            reasons.add(reason);
        }
    }
}
