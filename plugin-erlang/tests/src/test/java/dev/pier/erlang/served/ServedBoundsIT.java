package dev.pier.erlang.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Calls of one peer that reach a limit: they fail at once, and another peer finds room.
class ServedBoundsIT {
    private static final int MAX_CALLS = 5;

    @RegisterExtension
    static final ErlangPeer greedy = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer modest = ErlangPeer.with().cookie(greedy.cookie()).start();

    private final CountDownLatch end = new CountDownLatch(1);
    private @Nullable TestNode started;

    private CallLimiter start(int maxCalls, long maxBytes) throws IOException {
        TestNode node = TestNode.start(
                TestNode.builder(greedy.cookie()).maxServed(maxCalls).maxServedBytes(maxBytes));
        started = node;
        node.runtime().expose("java", "echo", 1, arguments -> arguments.term(0));
        node.runtime().expose("java", "waits", 1, _ -> {
            end.await();
            return true;
        });
        return node.runtime().callLimiter();
    }

    @AfterEach
    void stop() {
        end.countDown();
        node().close();
    }

    private TestNode node() {
        return Objects.requireNonNull(started);
    }

    private String eval(ErlangPeer peer, String expressions) {
        return peer.eval(expressions.replaceAll("\\bN\\b", "'" + node().name() + "'"));
    }

    private void fill(String argument, int calls) {
        eval(
                greedy,
                "A = " + argument + ", spawn(fun() -> [erpc:send_request(N, java, waits, [A]) || _ <- lists:seq(1, "
                        + calls + ")], receive never -> ok end end)");
    }

    /// A call of the peer without room, in each way of calling.
    private void isRefusedInEachWay(String argument) {
        assertThat(eval(greedy, "try erpc:call(N, java, echo, [" + argument + "], infinity) catch C:R -> {C,R} end"))
                .isEqualTo("{error,{erpc,system_limit}}");
        assertThat(eval(greedy, "rpc:call(N, java, echo, [" + argument + "])"))
                .isEqualTo("{badrpc,{'EXIT',system_limit}}");
        assertThat(eval(greedy, "rpc:block_call(N, java, echo, [" + argument + "])"))
                .isEqualTo("{badrpc,{'EXIT',{system_limit,[]}}}");
    }

    private void theOtherPeerFindsRoom() {
        assertThat(eval(modest, "erpc:call(N, java, echo, [hello])")).isEqualTo("hello");
        assertThat(eval(modest, "rpc:block_call(N, java, echo, [hello])")).isEqualTo("hello");
    }

    @Test
    void onePeerDoesNotTakeThePlacesOfAnother() throws IOException {
        CallLimiter limiter = start(MAX_CALLS, 64L << 20);
        fill("small", 2 * MAX_CALLS);
        Await.until("as many calls as may run", () -> limiter.running() == MAX_CALLS);
        isRefusedInEachWay("small");
        theOtherPeerFindsRoom();
    }

    @Test
    void onePeerDoesNotTakeTheMemoryOfAnother() throws IOException {
        long maxBytes = 4L << 20;
        String large = "binary:copy(<<\"x\">>, 100000)";
        CallLimiter limiter = start(10_000, maxBytes);
        fill(large, 500);
        Await.until(
                "all requests",
                () -> eval(greedy, "try erpc:call(N, java, echo, [" + large + "]) catch _:R -> R end")
                        .equals("{erpc,system_limit}"));
        assertThat(limiter.bytes()).isLessThanOrEqualTo(maxBytes);
        assertThat(limiter.running()).isBetween(10, 25);
        isRefusedInEachWay(large);
        theOtherPeerFindsRoom();
    }
}
