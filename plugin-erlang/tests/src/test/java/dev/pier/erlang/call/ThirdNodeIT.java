package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Reply;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A server of one node that lets a process of another node answer. Such an answer does not count: otherwise any node
/// could answer in the name of another.
class ThirdNodeIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @Test
    void itsAnswerIsDiscarded() throws IOException, InterruptedException {
        try (ErlangPeer third = ErlangPeer.with().cookie(erlang.cookie()).start();
                TestNode node = TestNode.start(erlang.cookie());
                LogCapture log = LogCapture.begin()) {
            assertThat(node.peer(third).ping()).isTrue();
            assertThat(erlang.eval("net_adm:ping('" + third.nodeName() + "')")).isEqualTo("pong");
            Pid answerer = spawn(node, third, "receive {answer, From} -> gen_server:reply(From, from_afar) end");
            Pid forwarder = spawn(node, erlang, "receive {'$gen_call', From, Pid} -> Pid ! {answer, From} end");

            GenServerRef server = node.server(forwarder);
            FutureTask<Reply> call = new FutureTask<>(() -> server.call(answerer, Duration.ofMinutes(5)));
            Thread caller = Thread.ofVirtual().start(call);
            Await.until(
                    "the answer of the third node",
                    () -> log.text().contains("Discarded an answer from " + third.nodeName()));
            assertThat(call).isNotDone();

            caller.interrupt();
            caller.join();
        }
    }

    /// Starts a process that runs an expression and then stays, and returns its pid.
    private static Pid spawn(TestNode node, ErlangPeer on, String expression) {
        on.eval("register(spawned, spawn(fun() -> " + expression + ", receive stop -> ok end end))");
        return (Pid) node.peer(on).call("erlang", "whereis", Atom.of("spawned")).term();
    }
}
