package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.dist.FragmentLimits;
import dev.pier.erlang.link.BatchingMode;
import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import dev.pier.erlang.testing.WireTap;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The call batcher on the peer: when it runs, what it sends, and the effect of its end. [CallIT] shows that calls end
/// as they do without it.
class CallBatcherIT {
    /// SPEC: erl_dist_protocol, Protocol between Connected Nodes
    private static final int ALIAS_SEND = 33;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    @BeforeAll
    static void compile() throws IOException {
        erlang.compile("""
                -module(t).
                -compile(export_all).
                -compile(nowarn_export_all).
                echo(X) -> X.
                sleeps(Name) -> register(Name, self()), receive after infinity -> ok end.
                waits(Name) -> register(Name, self()), receive Answer -> Answer end.
                %% The processes that monitor the one that runs the call.
                observers() -> element(2, process_info(self(), monitored_by)).
                batchers() -> [P || P <- processes(), {pier_calls, wait, 2} =:= current(P)].
                current(P) -> case process_info(P, current_function) of {_, F} -> F; _ -> none end.
                """);
    }

    @BeforeEach
    void unload() {
        erlang.eval("code:purge(pier_calls), code:delete(pier_calls), code:purge(pier_calls)");
    }

    private static Pid batcher(TestNode node, Peer peer) {
        peer.call("erlang", "node");
        return Await.value(
                        "the call batcher",
                        () -> node.link(erlang).current().orElseThrow().batcher(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void itIsLoadedOnRequestAndRunsTheCalls() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.LOAD)) {
            Peer peer = node.peer(erlang);
            Pid batcher = batcher(node, peer);
            assertThat(peer.call("t", "observers").term().toString()).isEqualTo("[" + batcher + "]");
        }
    }

    @Test
    void withoutTheModuleNothingIsMissing() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.PRESENT);
                LogCapture log = LogCapture.begin()) {
            Peer peer = node.peer(erlang);
            peer.call("erlang", "node");
            Await.until(
                    "the search to end",
                    () -> node.link(erlang)
                                    .current()
                                    .orElseThrow()
                                    .pendingReplies()
                                    .count()
                            == 0);
            assertThat(peer.call("t", "echo", 1).as(long.class)).isEqualTo(1L);
            assertThat(erlang.eval("code:is_loaded(pier_calls)")).isEqualTo("false");
            assertThat(log.warnings("pier_calls")).isEmpty();
        }
    }

    @Test
    void aModuleOfTheReleaseIsUsed() throws Exception {
        try (ErlangPeer release = ErlangPeer.start();
                TestNode node = TestNode.start(release.cookie(), BatchingMode.PRESENT)) {
            release.compile(ModuleLoader.source("pier_calls"));
            Peer peer = node.peer(release);
            peer.call("erlang", "node");
            Await.until(
                    "the call batcher",
                    () -> node.link(release).current().orElseThrow().batcher().isPresent());
            assertThat(peer.call("erlang", "abs", -1).as(int.class)).isEqualTo(1);
        }
    }

    @Test
    void aModuleOfAnotherVersionIsLeftAlone() throws Exception {
        try (ErlangPeer release = ErlangPeer.start();
                TestNode node = TestNode.start(release.cookie(), BatchingMode.LOAD)) {
            release.compile("""
                    -module(pier_calls).
                    -export([start/2, asked/0]).
                    start(2, Alias) -> Alias.
                    asked() -> ok.
                    """);
            Peer peer = node.peer(release);
            for (int i = 0; i < 100; i++) {
                assertThat(peer.call("erlang", "abs", -i).as(int.class)).isEqualTo(i);
            }
            assertThat(node.link(release).current().orElseThrow().batcher()).isEmpty();
            assertThat(release.eval("pier_calls:asked()")).isEqualTo("ok");
        }
    }

    @Test
    void answersThatAreThereAtOnceComeInOneMessage() throws Exception {
        try (WireTap tap = new WireTap();
                TestNode node = TestNode.start(erlang.cookie(), tap, BatchingMode.LOAD)) {
            Peer peer = node.peer(erlang);
            batcher(node, peer);
            List<CompletableFuture<Reply>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(peer.callAsync("t", "waits", Atom.of("w" + i)));
            }
            for (int i = 0; i < 20; i++) {
                String name = "w" + i;
                Await.until(name, () -> !erlang.eval("whereis(" + name + ")").equals("undefined"));
            }
            tap.clear();
            // The processes end while the call batcher is suspended; when it resumes it finds all of them.
            erlang.eval("[H] = t:batchers(), true = erlang:suspend_process(H), "
                    + "[begin P = whereis(list_to_atom([$w | integer_to_list(I)])), R = monitor(process, P), P ! I, "
                    + "receive {'DOWN', R, _, _, _} -> ok end end || I <- lists:seq(0, 19)], "
                    + "erlang:resume_process(H)");
            for (int i = 0; i < 20; i++) {
                assertThat(calls.get(i).get().as(int.class)).isEqualTo(i);
            }
            assertThat(tap.frames().stream().filter(f -> f.operation() == ALIAS_SEND))
                    .hasSize(1);
        }
    }

    @Test
    void answersOfEverySizeArrive() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.LOAD)) {
            Peer peer = node.peer(erlang).with(new CallOptions(Duration.ofSeconds(60)));
            batcher(node, peer);
            List<byte[]> sent = new ArrayList<>();
            List<CompletableFuture<Reply>> answers = new ArrayList<>();
            for (int size = 0; size < 6_000; size += 37) {
                byte[] bytes = new byte[size % 10 == 7 ? size * 100 : size];
                Arrays.fill(bytes, (byte) size);
                sent.add(bytes);
                answers.add(peer.callAsync("t", "echo", (Object) bytes));
            }
            for (int i = 0; i < sent.size(); i++) {
                assertThat(answers.get(i).get().as(byte[].class)).isEqualTo(sent.get(i));
            }
        }
    }

    @Test
    void answersOfEveryKindArrive() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.LOAD)) {
            Peer peer = node.peer(erlang);
            batcher(node, peer);
            for (String text : List.of(
                    "[]",
                    "a",
                    "-1",
                    "123456789012345678901234567890",
                    "1.5",
                    "[a|b]",
                    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                    "{}",
                    "{{{1}}}",
                    "#{}",
                    "#{a => #{<<1>> => \"text\"}}",
                    "<<1:3>>",
                    "{sent}")) {
                Term term = Term.parse(text);
                assertThat(peer.call("t", "echo", term).term()).as(text).isEqualTo(term);
            }
            for (String other : List.of("self()", "make_ref()", "fun lists:map/2", "fun() -> a end")) {
                erlang.compile("-module(t_other).\n-export([value/0]).\nvalue() -> " + other + ".\n");
                assertThat(peer.call("t_other", "value").term().toString())
                        .as(other)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void itsEndEndsItsCallsAndLaterOnesGoOn() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.LOAD);
                LogCapture log = LogCapture.begin()) {
            Peer peer = node.peer(erlang).with(new CallOptions(Duration.ofMinutes(5)));
            batcher(node, peer);
            List<CompletableFuture<Reply>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                waiting.add(peer.callAsync("t", "sleeps", Atom.of("orphan" + i)));
                String name = "orphan" + i;
                Await.until(name, () -> !erlang.eval("whereis(" + name + ")").equals("undefined"));
            }
            erlang.eval("[H] = t:batchers(), exit(H, kill)");
            for (CompletableFuture<Reply> call : waiting) {
                assertThatThrownBy(call::get).cause().isInstanceOfSatisfying(RemoteExit.class, e -> {
                    assertThat(e.isSignal()).isTrue();
                    assertThat(e.reason()).isEqualTo(Atom.of("killed"));
                    assertThat(e.maybeExecuted()).isTrue();
                });
            }
            assertThat(peer.call("t", "echo", 1).as(long.class)).isEqualTo(1L);
            assertThat(node.link(erlang)
                            .current()
                            .orElseThrow()
                            .pendingReplies()
                            .count())
                    .isZero();
            assertThat(log.warnings("pier_calls")).singleElement().asString().contains("killed");
            erlang.eval(
                    "[exit(whereis(list_to_atom(\"orphan\" ++ integer_to_list(I))), kill) || I <- lists:seq(0, 9)]");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Nested more deeply than the limit.
                "lists:foldl(fun(_, Inner) -> [Inner] end, [], lists:seq(1, 100000))",
                // Larger than the limit on messages.
                "binary:copy(<<0>>, 1024 * 1024)"
            })
    void itsEndEndsItsCallsAlsoForAnUnreadableReason(String reason) throws Exception {
        ConnectionSettings settings = ConnectionSettings.DEFAULT;
        ConnectionSettings tight = new ConnectionSettings(
                settings.netTickTime(),
                settings.maxFrame(),
                new FragmentLimits(10, 512 * 1024, 1024 * 1024),
                settings.maxQueued(),
                settings.decode());
        try (ErlangPeer peer = ErlangPeer.start();
                TestNode node = TestNode.start(peer.cookie(), tight, BatchingMode.PRESENT);
                LogCapture log = LogCapture.begin()) {
            peer.compile("-module(pier_calls).\n-export([start/2]).\n"
                    + "start(1, _) -> spawn(fun() -> receive {call, _, _, _, _} -> exit(" + reason + ") end end).\n");
            Peer caller = node.peer(peer);
            caller.call("erlang", "node");
            Session session = node.link(peer).current().orElseThrow();
            Await.until("the call batcher", () -> session.batcher().isPresent());

            assertThatThrownBy(() -> caller.call("erlang", "abs", -1))
                    .isInstanceOfSatisfying(
                            RemoteExit.class, e -> assertThat(e.reason()).isEqualTo(Atom.of("unreadable_reason")));
            assertThat(caller.call("erlang", "abs", -1).as(int.class)).isEqualTo(1);
            assertThat(node.link(peer).current()).containsSame(session);
            assertThat(log.warnings("pier_calls")).singleElement().asString().contains("unreadable_reason");
        }
    }

    @Test
    void itEndsWithTheConnection() throws Exception {
        try (TestNode node = TestNode.start(erlang.cookie(), BatchingMode.LOAD)) {
            batcher(node, node.peer(erlang));
        }
        Await.until(
                "the end of the call batcher", () -> erlang.eval("t:batchers()").equals("[]"));
    }
}
