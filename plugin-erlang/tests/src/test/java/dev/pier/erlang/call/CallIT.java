package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.RemoteThrow;
import dev.pier.erlang.Reply;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// Calls to a real node, in all ways they can end: as requests to spawn, and by the call batcher.
@ParameterizedClass
@EnumSource(
        value = BatchingMode.class,
        names = {"NEVER", "LOAD"})
class CallIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;
    private static Peer peer;

    /// @param batching is applied by [#start]
    CallIT(BatchingMode batching) {}

    @BeforeParameterizedClassInvocation
    static void start(BatchingMode batching) throws IOException {
        node = TestNode.start(erlang.cookie(), batching);
        peer = node.peer(erlang);
        erlang.compile("""
                -module(t).
                -compile(export_all).
                -compile(nowarn_export_all).
                echo(X) -> X.
                throws(X) -> throw(X).
                exits(X) -> exit(X).
                fails(X) -> error(X).
                dies() -> exit(self(), kill), receive after infinity -> ok end.
                sleeps(Name) -> register(Name, self()), receive after infinity -> ok end.
                prints(Text) -> io:format("~s~n", [Text]), printed.
                """);
        if (batching != BatchingMode.NEVER) {
            assertThat(peer.ping()).isTrue();
            peer.call("erlang", "node");
            Await.until(
                    "the call batcher",
                    () -> node.link(erlang).current().orElseThrow().batcher().isPresent());
        }
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        node.close();
    }

    private static Peer patient(Duration timeout) {
        return peer.with(new CallOptions(timeout));
    }

    private static void awaitNoProcess(String name) {
        Await.until(
                "the end of process " + name,
                () -> erlang.eval("whereis(" + name + ")").equals("undefined"));
    }

    @Test
    void aFunctionReturns() {
        assertThat(peer.call("lists", "reverse", List.of(1, 2, 3)).term()).isEqualTo(Term.parse("[3,2,1]"));
        assertThat(peer.call("erlang", "node").as(String.class)).isEqualTo(erlang.nodeName());
        assertThat(peer.call("t", "echo", "Grüße").as(String.class)).isEqualTo("Grüße");
    }

    @Test
    void aFunctionThrows() {
        assertThatThrownBy(() -> peer.call("t", "throws", Atom.of("ball")))
                .isInstanceOfSatisfying(RemoteThrow.class, e -> {
                    assertThat(e.reason()).isEqualTo(Atom.of("ball"));
                    assertThat(e.maybeExecuted()).isTrue();
                })
                .hasMessageContaining(erlang.nodeName())
                .hasMessageContaining("t:throws/1");
    }

    @Test
    void aFunctionExits() {
        RemoteExit exit = catchThrowableOfType(RemoteExit.class, () -> peer.call("t", "exits", Atom.of("normal")));
        assertThat(exit.reason()).isEqualTo(Atom.of("normal"));
        assertThat(exit.isSignal()).isFalse();
    }

    @Test
    void aFunctionFailsWithReasonAndStackTrace() {
        RemoteError error = catchThrowableOfType(RemoteError.class, () -> peer.call("t", "fails", Atom.of("oops")));
        assertThat(error.reason()).isEqualTo(Atom.of("oops"));
        assertThat(error.erlangStackTrace().toString()).contains("{t,fails,1,");
        assertThat(error).hasMessageContaining("oops");
    }

    @Test
    void anUnknownFunctionIsUndefWithErlangsOwnStackTrace() {
        RemoteError error = catchThrowableOfType(RemoteError.class, () -> peer.call("t", "missing", 1));
        assertThat(error.reason()).isEqualTo(Atom.of("undef"));
        assertThat(error.erlangStackTrace().toString()).startsWith("[{t,missing,[1],[]}");
    }

    @Test
    void aKilledFunctionIsASignal() {
        RemoteExit exit = catchThrowableOfType(RemoteExit.class, () -> peer.call("t", "dies"));
        assertThat(exit.reason()).isEqualTo(Atom.of("killed"));
        assertThat(exit.isSignal()).isTrue();
    }

    @Test
    void aCallThatTimesOutStopsTheRemoteProcess() {
        assertThatThrownBy(() -> patient(Duration.ofMillis(300)).call("t", "sleeps", Atom.of("late")))
                .isInstanceOf(CallTimeout.class)
                .hasMessageContaining("300 ms");
        awaitNoProcess("late");
    }

    @Test
    void anInterruptedCallerStopsTheRemoteProcess() throws InterruptedException {
        List<Throwable> thrown = new ArrayList<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                peer.call("t", "sleeps", Atom.of("interrupted"));
            } catch (CallCancelled e) {
                thrown.add(e);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        });
        Await.until("the process", () -> !erlang.eval("whereis(interrupted)").equals("undefined"));
        caller.interrupt();
        caller.join();
        assertThat(thrown).hasSize(1);
        awaitNoProcess("interrupted");
    }

    @Test
    void aCancelledFutureStopsTheRemoteProcess() {
        CompletableFuture<Reply> future = peer.callAsync("t", "sleeps", Atom.of("cancelled"));
        Await.until("the process", () -> !erlang.eval("whereis(cancelled)").equals("undefined"));
        future.cancel(true);
        awaitNoProcess("cancelled");
    }

    @Test
    void aFutureHasTheAnswerOrTheFailureItself() throws Exception {
        assertThat(peer.callAsync("erlang", "abs", -5).get().as(long.class)).isEqualTo(5L);
        assertThatThrownBy(() -> peer.callAsync("t", "throws", 1).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RemoteThrow.class);
        assertThatThrownBy(() -> peer.callAsync("t", "echo", Double.NaN).get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(BadArgument.class);
    }

    @Test
    void aCastRuns() {
        peer.cast("t", "sleeps", Atom.of("cast"));
        Await.until("the cast", () -> !erlang.eval("whereis(cast)").equals("undefined"));
    }

    @Test
    void whatAFunctionPrintsGoesToTheErlangSide() {
        assertThat(peer.call("t", "prints", "seen by the operator").term()).isEqualTo(Atom.of("printed"));
        erlang.awaitLog("seen by the operator");
    }

    @Test
    void aBadArgumentHarmsItsOwnCallOnly() {
        Object[] bad = {Double.NaN, Double.POSITIVE_INFINITY, "\ud800", List.of(1, List.of(Double.NaN))};
        for (Object argument : bad) {
            BadArgument e = catchThrowableOfType(BadArgument.class, () -> peer.call("t", "echo", argument));
            assertThat(e).as("%s", argument).isNotNull();
            assertThat(e.maybeExecuted()).isFalse();
        }
        List<Object> deep = List.of();
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        assertThatThrownBy(() -> peer.call("t", "echo", tooDeep)).isInstanceOf(BadArgument.class);
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatThrownBy(() -> peer.call("t", "echo", cycle)).isInstanceOf(BadArgument.class);
        assertThat(peer.call("t", "echo", 1).as(long.class)).isEqualTo(1L);
        assertThat(node.link(erlang).totals().reconnects()).isZero();
    }

    @Test
    void manyCallsAtOnceOverOneConnection() throws Exception {
        List<Future<Long>> answers = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 5_000; i++) {
                int n = i;
                answers.add(callers.submit(() ->
                        patient(Duration.ofSeconds(60)).call("t", "echo", n).as(long.class)));
            }
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get()).isEqualTo(i);
        }
        assertThat(erlang.eval("length([N || N <- nodes(hidden), N =:= '" + node.name() + "'])"))
                .isEqualTo("1");
    }

    @Test
    void largeArgumentsAndRepliesAreFragmentedAndCallsGoBetween() throws Exception {
        byte[] large = new byte[20 << 20];
        new java.util.Random(1).nextBytes(large);
        CompletableFuture<Reply> echo = patient(Duration.ofSeconds(60)).callAsync("t", "echo", (Object) large);
        for (int i = 0; i < 50; i++) {
            assertThat(peer.call("t", "echo", i).as(long.class)).isEqualTo(i);
        }
        assertThat(echo.get().as(byte[].class)).isEqualTo(large);
    }

    @Test
    void theNumberOfCallsUnderWayIsBounded() throws Exception {
        try (TestNode small = TestNode.start(erlang.cookie(), ConnectionSettings.DEFAULT, 3)) {
            Peer bounded = small.peer(erlang);
            assertThat(bounded.ping()).isTrue();
            List<CompletableFuture<Reply>> waiting = new ArrayList<>();
            AtomicInteger names = new AtomicInteger();
            Await.until("three calls under way", () -> {
                // The calls that start the call batcher may have taken the place of one.
                waiting.removeIf(CompletableFuture::isCompletedExceptionally);
                while (waiting.size() < 3) {
                    waiting.add(bounded.callAsync("t", "sleeps", Atom.of("bounded" + names.incrementAndGet())));
                }
                return small.link(erlang)
                        .current()
                        .map(s -> s.pendingReplies().count() == 3)
                        .orElse(false);
            });
            Overloaded e = catchThrowableOfType(Overloaded.class, () -> bounded.call("t", "echo", 1));
            assertThat(e).hasMessageContaining("3 calls").hasMessageContaining("erlang.limits.calls");
            assertThat(e.maybeExecuted()).isFalse();
            waiting.forEach(f -> f.cancel(true));
            Await.until("room again", () -> bounded.ping());
        }
    }

    @Test
    void aKilledNodeEndsAllCallsAtOnceAndComesBackByItself() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            Peer remote = node.peer(mortal).with(new CallOptions(Duration.ofMinutes(5)));
            assertThat(remote.ping()).isTrue();
            List<CompletableFuture<Reply>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(remote.callAsync("timer", "sleep", Atom.of("infinity")));
            }
            Await.until(
                    "all calls under way",
                    () -> node.link(mortal)
                            .current()
                            .map(s -> s.pendingReplies().count() == 20)
                            .orElse(false));
            mortal.kill();
            for (CompletableFuture<Reply> call : waiting) {
                assertThatThrownBy(call::get)
                        .hasCauseInstanceOf(ConnectionLost.class)
                        .cause()
                        .satisfies(e ->
                                assertThat(((ConnectionLost) e).maybeExecuted()).isTrue());
            }
            assertThatThrownBy(() -> remote.call("erlang", "node"))
                    .isInstanceOf(NotConnected.class)
                    .hasMessageContaining(mortal.nodeName());
            mortal.restart();
            Await.until("the connection to be back", () -> remote.status().isConnected());
            assertThat(remote.call("erlang", "node").as(String.class)).isEqualTo(mortal.nodeName());
            assertThat(node.link(mortal).totals().reconnects()).isEqualTo(1);
        }
    }

    @Test
    void aWrongCookieIsARefusal() throws Exception {
        try (TestNode stranger = TestNode.start("not-the-cookie")) {
            Peer remote = stranger.peer(erlang);
            NotConnected e = catchThrowableOfType(NotConnected.class, () -> remote.call("erlang", "node"));
            assertThat(e).hasMessageContaining("cookie").hasMessageContaining(erlang.nodeName());
            assertThat(e.getMessage()).doesNotContain("not-the-cookie");
            // A single refusal could come from a node that is stopping.
            Await.until("the refusal to be believed", () -> remote.status().state() == PeerStatus.State.REFUSED);
            assertThat(erlang.eval("net_kernel:connect_node('" + stranger.name() + "')"))
                    .isEqualTo("false");
        }
    }

    @Test
    void erlangPingsAndConnects() throws Exception {
        try (TestNode quiet = TestNode.start(erlang.cookie())) {
            assertThat(erlang.eval("net_adm:ping('" + quiet.name() + "')")).isEqualTo("pong");
            assertThat(erlang.eval("lists:member('" + quiet.name() + "', nodes(hidden))"))
                    .isEqualTo("true");
            assertThat(quiet.peer(erlang).call("erlang", "node").as(String.class))
                    .as("a call over the connection that Erlang opened")
                    .isEqualTo(erlang.nodeName());
        }
    }

    @Test
    void nothingCanBeCalledThatIsNotExposed() throws Exception {
        try (TestNode quiet = TestNode.start(erlang.cookie())) {
            assertThat(erlang.eval("catch erpc:call('" + quiet.name() + "', os, cmd, [\"id\"])"))
                    .startsWith("{'EXIT',{{exception,undef,[{os,cmd,[\"id\"],[]}]},");
            assertThat(erlang.eval("rpc:call('" + quiet.name() + "', os, cmd, [\"id\"])"))
                    .isEqualTo("{badrpc,{'EXIT',{undef,[{os,cmd,[\"id\"],[]}]}}}");
        }
    }

    @Test
    void aNameThatIsNotRegisteredHasNoProcess() throws Exception {
        try (TestNode quiet = TestNode.start(erlang.cookie())) {
            String name = "{missing, '" + quiet.name() + "'}";
            assertThat(erlang.eval("catch gen_server:call(" + name + ", hello)"))
                    .startsWith("{'EXIT',{noproc,");
            assertThat(erlang.eval("R = monitor(process, " + name + "), receive {'DOWN', R, _, W, Y} -> {W, Y} end"))
                    .isEqualTo("{{missing," + quiet.name() + "},noproc}");
        }
    }
}
