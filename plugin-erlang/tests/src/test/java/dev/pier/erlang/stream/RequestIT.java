package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.internal.RequestPeer;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Producers that answer requests, on a real node: through the call batcher, by spawn requests, and with a
/// `pier_stream` that does not know requests.
class RequestIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final String MODULE = """
            -module(r).
            -compile(export_all).
            -compile(nowarn_export_all).
            run(F) -> pier_stream:run(F).
            only(X) -> run(fun(Emit) -> pier_stream:last(X, Emit) end).
            large(N) -> only(binary:copy(<<"x">>, N)).
            none() -> run(fun(_) -> ok end).
            rows(N) -> run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], pier_stream:last(last, Emit) end).
            behind() -> run(fun(Emit) -> pier_stream:last(1, Emit), Emit(2), Emit(3) end).
            twice(N) -> rows(N), rows(N), only(only).
            fails(N) -> run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], error(broken) end).
            exits(Reason) -> run(fun(_) -> exit(Reason) end).
            dies(N) -> run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], exit(self(), kill), receive x -> x end end).
            silent(Name) -> register(Name, self()), run(fun(Emit) -> receive go -> pier_stream:last(went, Emit) end end).
            endless(Name) ->
                register(Name, self()),
                Pad = binary:copy(<<"x">>, 100),
                run(fun(Emit) -> endless(Emit, Pad, 1) end).
            endless(Emit, Pad, I) -> Emit({I, Pad}), endless(Emit, Pad, I + 1).
            flood(Name) ->
                register(Name, self()),
                run(fun(Emit) ->
                    Emit(1),
                    [Ref] = [R || {{pier_stream, R}, _} <- get()],
                    flood(pier_stream:consumer(), Ref, binary:copy(<<"x">>, 1000))
                end).
            flood(To, Ref, Pad) -> To ! {Ref, 1, Pad}, flood(To, Ref, Pad).
            batcher() ->
                [P] = [P || P <- processes(), process_info(P, current_function) =:= {current_function, {pier_calls, wait, 2}}],
                P.
            """;

    enum Way {
        BATCHED,
        SPAWNED,
        OLDER
    }

    private interface Case {
        void run(Peer peer, ErlangPeer erlang) throws Exception;
    }

    private static void with(Way way, Case test) throws Exception {
        try (ErlangPeer erlang = ErlangPeer.start();
                TestNode node = TestNode.start(
                        TestNode.builder(erlang.cookie()).link(TestNode.LINK.withBatching(BatchingMode.PRESENT)))) {
            String source = ModuleLoader.source("pier_stream");
            erlang.compile(
                    way == Way.OLDER
                            ? source.replaceFirst("(?m)^version\\(\\) -> \\d+\\.$", "version() -> 4.")
                            : source);
            if (way == Way.BATCHED) {
                erlang.compile(ModuleLoader.source("pier_calls"));
            }
            erlang.compile(MODULE);
            Peer peer = node.peer(erlang).with(new CallOptions(LONG));
            Reply _ = peer.call("erlang", "node");
            if (way == Way.BATCHED) {
                Await.until(
                        "the call batcher",
                        () -> node.link(erlang)
                                .current()
                                .orElseThrow()
                                .batcher()
                                .isPresent());
            }
            test.run(peer, erlang);
            assertThat(node.link(erlang).lanes().streams()).isZero();
            Await.until(
                    "the end of all calls",
                    () -> node.link(erlang)
                                    .current()
                                    .orElseThrow()
                                    .pendingReplies()
                                    .count()
                            == 0);
        }
    }

    private static ReplyStream request(Peer peer, String function, Object... arguments) {
        return (ReplyStream) ((RequestPeer<?>) peer).request("r", function, arguments);
    }

    private static List<Object> all(ReplyStream stream) {
        List<Object> all = new ArrayList<>();
        assertThat(stream.await(LONG)).isTrue();
        for (Reply row : stream) {
            all.add(row.value());
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void rowsComeAsTheyAreSent(Way way) throws Exception {
        with(way, (peer, _) -> {
            assertThat(all(request(peer, "only", 7))).hasToString("[7]");
            assertThat(all(request(peer, "none"))).isEmpty();
            assertThat(all(request(peer, "behind"))).hasToString("[1, 2, 3]");
            assertThat(all(request(peer, "rows", 1000))).hasSize(1001).endsWith(Atom.of("last"));
            assertThat(all(request(peer, "twice", 100))).hasSize(203).endsWith(Atom.of("only"));
            for (int size : new int[] {0, 2000, 40_000, 50_000, 3_000_000}) {
                assertThat(all(request(peer, "large", size))).singleElement().isEqualTo("x".repeat(size));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void failuresAreThoseOfCalls(Way way) throws Exception {
        with(way, (peer, erlang) -> {
            assertThatThrownBy(() -> all(request(peer, "fails", 0)))
                    .isInstanceOf(RemoteError.class)
                    .hasMessageContaining("broken")
                    .hasMessageContaining("r:");
            assertThatThrownBy(() -> all(request(peer, "fails", 5))).isInstanceOf(RemoteError.class);
            assertThatThrownBy(() -> all(request(peer, "exits", Atom.of("gone"))))
                    .isInstanceOf(RemoteExit.class);
            assertThatThrownBy(() -> all(request(peer, "no_such_function"))).isInstanceOf(RemoteError.class);
            for (int rows : new int[] {0, 5}) {
                assertThatThrownBy(() -> all(request(peer, "dies", rows)))
                        .isInstanceOf(RemoteExit.class)
                        .hasMessageContaining("killed");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatIsClosedEndsItsProcess(Way way) throws Exception {
        with(way, (peer, erlang) -> {
            try (ReplyStream silent = request(peer, "silent", Atom.of("silent"))) {
                Await.until("the start", () -> isRunning(erlang, "silent"));
                assertThat(silent.await(Duration.ZERO)).isFalse();
            }
            Await.until("the end", () -> !isRunning(erlang, "silent"));
            try (ReplyStream endless = request(peer, "endless", Atom.of("endless"))) {
                Iterator<Reply> rows = started(endless);
                for (int i = 0; i < 10_000; i++) {
                    rows.next();
                }
            }
            Await.until("the end", () -> !isRunning(erlang, "endless"));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"BATCHED", "SPAWNED"})
    void awaitWaitsForTheFirstRow(Way way) throws Exception {
        with(way, (peer, erlang) -> {
            try (ReplyStream stream = request(peer, "silent", Atom.of("silent"))) {
                assertThat(stream.await(Duration.ofMillis(20))).isFalse();
                Await.until("the start", () -> isRunning(erlang, "silent"));
                erlang.eval("silent ! go");
                assertThat(all(stream)).containsExactly(Atom.of("went"));
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"BATCHED", "SPAWNED"})
    void aFloodWithoutCreditEndsItsProcess(Way way) throws Exception {
        with(way, (peer, erlang) -> {
            try (ReplyStream stream = request(peer, "flood", Atom.of("flood"))) {
                Iterator<Reply> rows = started(stream);
                Await.until("the end of the process", () -> !isRunning(erlang, "flood"));
                assertThatThrownBy(() -> {
                            while (true) {
                                rows.next();
                            }
                        })
                        .isInstanceOf(MalformedTerm.class)
                        .hasMessageContaining("erlang.bulk.window");
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = "BATCHED")
    void theEndOfTheBatcherEndsItsStreams(Way way) throws Exception {
        with(way, (peer, erlang) -> {
            try (ReplyStream silent = request(peer, "silent", Atom.of("silent"));
                    ReplyStream endless = request(peer, "endless", Atom.of("endless"))) {
                Iterator<Reply> rows = started(endless);
                Await.until("the start", () -> isRunning(erlang, "silent"));
                erlang.eval("exit(r:batcher(), kill)");
                assertThatThrownBy(() -> all(silent)).isInstanceOf(RemoteExit.class);
                assertThatThrownBy(() -> {
                            while (true) {
                                rows.next();
                            }
                        })
                        .isInstanceOf(RemoteExit.class);
                Await.until("the end of the producer", () -> !isRunning(erlang, "endless"));
                erlang.eval("exit(whereis(silent), kill)");
            }
            assertThat(all(request(peer, "only", 7))).hasToString("[7]");
        });
    }

    private static Iterator<Reply> started(ReplyStream stream) {
        assertThat(stream.await(LONG)).isTrue();
        Iterator<Reply> rows = stream.iterator();
        rows.next();
        return rows;
    }

    private static boolean isRunning(ErlangPeer erlang, String name) {
        return !erlang.eval("whereis(" + name + ")").equals("undefined");
    }
}
