package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Balance;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerEvent;
import dev.pier.erlang.PeerStatus.State;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.peer.GroupScene.Load;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PierApplication;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `pier:drain/1` takes a node out of service without a failed call.
class DrainIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @RegisterExtension
    static final ErlangPeer third = ErlangPeer.with().cookie(first.cookie()).start();

    private static final List<ErlangPeer> ALL = List.of(first, second, third);

    /// `held:hold/0` returns when `held:release/0` is called.
    private static final String HELD = """
            -module(held).
            -export([hold/0, release/0, rows/0]).
            hold() -> register(held, self()), receive release -> unregister(held), released end.
            release() -> held ! release.
            rows() -> pier_stream:run(fun(Emit) -> Emit(first), hold() end).
            """;

    @BeforeAll
    static void compile() {
        for (ErlangPeer node : ALL) {
            node.compile(GroupScene.WORK);
            node.compile(HELD);
            PierApplication.install(node);
        }
    }

    @BeforeEach
    void takeAllIntoService() {
        for (ErlangPeer node : ALL) {
            if (!node.isRunning()) {
                node.restart();
            }
            if (node.eval("whereis(pier_drain)").equals("undefined")) {
                PierApplication.start(node);
            }
            node.eval("pier:undrain(), (whereis(held) =:= undefined) orelse held:release()");
        }
    }

    private static TestNode start() throws IOException {
        return GroupScene.start(first.cookie(), Balance.LEAST_CALLS, first, second, third);
    }

    /// Waits until each node knows that this is a Pier.
    private static Peer known(TestNode node) {
        Peer backend = GroupScene.connected(node);
        for (ErlangPeer erlang : ALL) {
            Await.until(
                    "a Pier to be known at " + erlang.nodeName(),
                    () -> erlang.eval("pier:state()").contains(node.name()));
        }
        return backend;
    }

    private static CompletableFuture<String> drain(ErlangPeer node, String timeout) {
        return CompletableFuture.supplyAsync(() -> node.eval("pier:drain(" + timeout + ")"));
    }

    private static void awaitHeld(ErlangPeer node) {
        Await.until("the call to be held", () -> node.eval("whereis(held)").startsWith("<"));
    }

    private static State state(Peer backend, ErlangPeer node) {
        return backend.on(node.nodeName()).status().state();
    }

    @Test
    void itWaitsForCallsInFlightAndLetsNoNewOneIn() throws IOException {
        try (TestNode node = start()) {
            Peer backend = known(node);
            List<PeerEvent> events = Collections.synchronizedList(new ArrayList<>());
            node.runtime().onPeer(events::add);
            Await.until("the present states", () -> events.size() == 3);
            CompletableFuture<Reply> held = backend.on(first.nodeName()).callAsync("held", "hold");
            awaitHeld(first);

            CompletableFuture<String> drained = drain(first, "infinity");
            Await.until("the drain", () -> state(backend, first) == State.DRAINING);
            for (int i = 0; i < 100; i++) {
                assertThat(backend.call("erlang", "node").as(String.class)).isNotEqualTo(first.nodeName());
            }
            assertThatThrownBy(() -> backend.on(first.nodeName()).call("erlang", "node"))
                    .isInstanceOfSatisfying(
                            NotConnected.class,
                            e -> assertThat(e.maybeExecuted()).isFalse())
                    .hasMessageContaining("drains");
            assertThatThrownBy(() -> backend.on(first.nodeName()).send("work", "message"))
                    .isInstanceOf(NotConnected.class);
            assertThatThrownBy(() -> backend.on(first.nodeName()).server("work").call("request"))
                    .isInstanceOf(NotConnected.class);
            assertThatThrownBy(() -> backend.on(first.nodeName()).stream("lists", "seq", 1, 2))
                    .isInstanceOf(NotConnected.class);
            assertThat(drained).isNotDone();

            first.eval("held:release()");
            assertThat(Await.result("the held call", held).as(String.class)).isEqualTo("released");
            assertThat(Await.result("the drain", drained)).isEqualTo("ok");
            first.eval("pier:undrain()");
            Await.until("the node in service", () -> state(backend, first) == State.CONNECTED);
            assertThat(backend.on(first.nodeName()).ping()).isTrue();
            Await.until("all events", () -> events.size() == 5);
            assertThat(events.subList(3, 5))
                    .extracting(PeerEvent::kind)
                    .containsExactly(PeerEvent.Kind.DRAINING, PeerEvent.Kind.UP);
        }
    }

    @Test
    void afterItsTimeoutItTellsWhichPierHasCallsRunning() throws IOException {
        try (TestNode node = start()) {
            Peer backend = known(node);
            CompletableFuture<Reply> held = backend.on(first.nodeName()).callAsync("held", "hold");
            awaitHeld(first);
            assertThat(Await.result("the drain", drain(first, "100")))
                    .isEqualTo("{error,{timeout,[" + node.name() + "]}}");
            // Still out of service.
            assertThat(state(backend, first)).isEqualTo(State.DRAINING);
            first.eval("held:release()");
            Await.result("the held call", held);
            assertThat(Await.result("the second drain", drain(first, "20000"))).isEqualTo("ok");
        }
    }

    @Test
    void aStreamIsACallInFlight() throws IOException {
        first.compile(source("pier_stream"));
        try (TestNode node = start()) {
            Peer backend = known(node);
            CompletableFuture<String> drained;
            try (ReplyStream rows = backend.on(first.nodeName()).stream("held", "rows")) {
                assertThat(rows.iterator().next().as(String.class)).isEqualTo("first");
                drained = drain(first, "infinity");
                Await.until("the drain", () -> state(backend, first) == State.DRAINING);
                assertThat(first.eval("pier:drain(50)")).startsWith("{error,{timeout,");
                assertThat(drained).isNotDone();
            }
            assertThat(Await.result("the drain", drained)).isEqualTo("ok");
        }
    }

    @Test
    void theEndOfAPierIsTheEndOfItsCalls() throws IOException {
        CompletableFuture<String> drained;
        try (TestNode node = start()) {
            Peer backend = known(node);
            CompletableFuture<Reply> _ = backend.on(first.nodeName()).callAsync("held", "hold");
            awaitHeld(first);
            drained = drain(first, "infinity");
            Await.until("the drain", () -> state(backend, first) == State.DRAINING);
            assertThat(drained).isNotDone();
        }
        assertThat(Await.result("the drain", drained)).isEqualTo("ok");
        first.eval("held:release()");
    }

    @Test
    void aPierThatConnectsLaterIsToldAtOnce() throws IOException {
        assertThat(Await.result("the drain without a Pier", drain(second, "20000")))
                .isEqualTo("ok");
        try (TestNode node = start()) {
            Peer backend = node.runtime().peer("backend");
            Await.until("the drain", () -> state(backend, second) == State.DRAINING);
            assertThat(Await.result("the drain", drain(second, "20000"))).isEqualTo("ok");
            second.eval("pier:undrain()");
            Await.until("the node in service", () -> state(backend, second) == State.CONNECTED);
        }
    }

    /// The supervisor restarts the process, which then takes the node back into service.
    @Test
    void aRestartedApplicationIsInService() throws IOException {
        try (TestNode node = start()) {
            Peer backend = known(node);
            assertThat(Await.result("the drain", drain(first, "20000"))).isEqualTo("ok");
            assertThat(state(backend, first)).isEqualTo(State.DRAINING);
            first.eval("exit(whereis(pier_drain), kill)");
            Await.until("the node in service", () -> state(backend, first) == State.CONNECTED);
        }
    }

    @Test
    void aRollingRestartFailsNoCall() throws IOException {
        try (TestNode node = start()) {
            Peer backend = known(node);
            Load load = new Load(backend, 64, 5);
            for (ErlangPeer erlang : ALL) {
                load.awaitAnswersOf(erlang, 200);
                assertThat(erlang.eval("pier:drain(20000)")).isEqualTo("ok");
                erlang.stop();
                load.awaitAnswers(500);
                erlang.restart();
                Await.until("the connection", () -> state(backend, erlang) == State.CONNECTED);
                // Connected, and its applications may not have started.
                long before = load.of(erlang);
                load.awaitAnswers(500);
                assertThat(load.of(erlang)).isEqualTo(before);
                PierApplication.start(erlang);
            }
            load.awaitAnswersOf(third, 200);
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .isEmpty();
        }
    }

    /// With `drain_at_stop`, `init:stop()` is enough.
    @Test
    void anOrdinaryStopDrainsIfTheApplicationIsToldTo() throws IOException {
        try (TestNode node = start()) {
            Peer backend = known(node);
            Load load = new Load(backend, 64, 5);
            for (ErlangPeer erlang : ALL) {
                load.awaitAnswersOf(erlang, 200);
                erlang.eval("application:set_env(pier, drain_at_stop, 20000)");
                erlang.stop();
                load.awaitAnswers(200);
                erlang.restart();
                PierApplication.start(erlang);
            }
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .isEmpty();
        }
    }

    @Test
    void withoutADrainTheCallsInFlightFail() throws IOException {
        try (TestNode node = start()) {
            Load load = new Load(known(node), 64, 50);
            for (ErlangPeer erlang : ALL) {
                load.awaitAnswersOf(erlang, 100);
                erlang.stop();
                load.awaitAnswers(100);
                erlang.restart();
                PierApplication.start(erlang);
            }
            load.close();
            assertThat(load.failures)
                    .as("failures, of %s answers", load.answered())
                    .hasSizeBetween(1, 3 * 64)
                    .allSatisfy(failure -> assertThat(failure.cause()).isInstanceOf(ConnectionLost.class));
        }
    }

    private static String source(String module) {
        return ModuleLoader.source(module);
    }
}
