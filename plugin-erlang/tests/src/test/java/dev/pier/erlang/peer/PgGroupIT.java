package dev.pier.erlang.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.Balance;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Peer;
import dev.pier.erlang.PeerStatus;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.PierApplication;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Servers that are members of a `pg` group. The peer has two nodes; a third one, which is not configured, has
/// members too.
class PgGroupIT {
    @RegisterExtension
    static final ErlangPeer first = ErlangPeer.start();

    @RegisterExtension
    static final ErlangPeer second = ErlangPeer.with().cookie(first.cookie()).start();

    @RegisterExtension
    static final ErlangPeer third = ErlangPeer.with().cookie(first.cookie()).start();

    private static final String WORKER = """
            -module(worker).
            -behaviour(gen_server).
            -export([start/2, stop/1, init/1, handle_call/3, handle_cast/2]).
            start(Group, Name) -> {ok, _} = gen_server:start(worker, {Group, Name}, []), ok.
            stop(Group) -> [gen_server:stop(P) || P <- pg:get_local_members(workers, Group)], ok.
            init({Group, Name}) -> ok = pg:join(workers, Group, self()), {ok, {Name, []}}.
            handle_call(name, _, State = {Name, _}) -> {reply, Name, State};
            handle_call(seen, _, State = {_, Seen}) -> {reply, Seen, State};
            handle_call(hold, From, {Name, Seen}) -> {noreply, {Name, [From | Seen]}};
            handle_call(release, _, {Name, Seen}) -> [gen_server:reply(F, Name) || F <- Seen], {reply, ok, {Name, []}}.
            handle_cast(Message, {Name, Seen}) -> {noreply, {Name, [Message | Seen]}}.
            """;

    @BeforeAll
    static void compile() {
        for (ErlangPeer node : new ErlangPeer[] {first, second, third}) {
            node.compile(WORKER);
        }
    }

    @BeforeEach
    void startScopes() {
        for (ErlangPeer node : new ErlangPeer[] {first, second, third}) {
            if (!node.isRunning()) {
                node.restart();
            }
            node.eval("case whereis(workers) of undefined -> gen_server:start({local, workers}, pg, [workers], []);"
                    + " _ -> ok end, [worker:stop(G) || G <- pg:which_groups(workers)]");
            first.eval("net_kernel:connect_node('" + node.nodeName() + "')");
        }
        second.eval("net_kernel:connect_node('" + third.nodeName() + "')");
    }

    private static void worker(ErlangPeer node, String group, String name) {
        node.eval("worker:start(" + group + ", " + name + ")");
        Await.until(
                "the member at the other nodes",
                () -> first.eval("length(pg:get_members(workers, " + group + "))")
                                .equals(second.eval("length(pg:get_members(workers, " + group + "))"))
                        && !first.eval("[P || P <- pg:get_members(workers, " + group + "), node(P) =:= '"
                                        + node.nodeName() + "']")
                                .equals("[]"));
    }

    private static TestNode start(Balance balance) throws IOException {
        return GroupScene.start(first.cookie(), balance, first, second);
    }

    private static Map<String, Integer> count(int calls, GenServerRef server) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(server.call(Atom.of("name")).as(String.class), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void callsAndCastsGoToTheMembersInTurn() throws IOException {
        worker(first, "all", "a");
        worker(second, "all", "b");
        worker(second, "all", "c");
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            GenServerRef server = GroupScene.connected(node).group("workers", "all");
            assertThat(count(30, server)).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
            for (int i = 0; i < 6; i++) {
                server.cast(Atom.of("cast"));
            }
            Await.until("all casts", () -> {
                int seen = 0;
                for (int i = 0; i < 3; i++) {
                    seen += server.call(Atom.of("seen")).as(List.class).size();
                }
                return seen == 6;
            });
        }
    }

    @Test
    void membersThatComeAndGoAreKnownAtOnce() throws IOException {
        worker(first, "moving", "a");
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            GenServerRef server = GroupScene.connected(node).group("workers", "moving");
            assertThat(count(3, server)).containsOnlyKeys("a");
            worker(second, "moving", "b");
            Await.until("the new member", () -> count(2, server).size() == 2);
            first.eval("worker:stop(moving)");
            Await.until(
                    "the end of the old one", () -> count(2, server).keySet().equals(Set.of("b")));
            second.eval("worker:stop(moving)");
            Await.asserted(
                    "the empty group",
                    () -> assertThatThrownBy(() -> server.call(Atom.of("name")))
                            .isInstanceOfSatisfying(RemoteExit.class, e -> {
                                assertThat(e.maybeExecuted()).isFalse();
                                assertThat(e.reason()).isEqualTo(Atom.of("noproc"));
                            }));
        }
    }

    /// The members are asked for once, however many calls are made.
    @Test
    void aCallTakesOneRoundTrip() throws IOException {
        worker(first, "quiet", "a");
        try (TestNode node = start(Balance.FIRST)) {
            Peer backend = GroupScene.connected(node);
            GenServerRef server = backend.group("workers", "quiet");
            assertThat(count(1, server)).containsOnlyKeys("a");
            long before = backend.calls().ended();
            assertThat(count(100, server)).containsOnlyKeys("a");
            assertThat(count(100, backend.group("workers", "quiet"))).containsOnlyKeys("a");
            assertThat(backend.calls().ended() - before).isEqualTo(200);
        }
    }

    @Test
    void membersOnNodesThatAreNotConfiguredAreCalledToo() throws IOException {
        worker(third, "far", "c");
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            assertThat(count(10, GroupScene.connected(node).group("workers", Term.parse("far"))))
                    .isEqualTo(Map.of("c", 10));
        }
    }

    @Test
    void aGroupMayHaveAnyTermAsItsName() throws IOException {
        worker(first, "{room, 7}", "a");
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            assertThat(count(3, GroupScene.connected(node).group("workers", Term.parse("{room, 7}"))))
                    .containsOnlyKeys("a");
        }
    }

    @Test
    void theOtherNodeIsAskedWhenOneIsLost() throws IOException {
        worker(first, "kept", "a");
        worker(second, "kept", "b");
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            Peer backend = GroupScene.connected(node);
            GenServerRef server = backend.group("workers", "kept");
            assertThat(count(4, server)).hasSize(2);
            first.kill();
            Await.until(
                    "the end of the connection",
                    () -> !backend.nodes().getFirst().isConnected());
            Await.until(
                    "the end of the lost member",
                    () -> second.eval("length(pg:get_members(workers, kept))").equals("1"));
            assertThat(count(4, server)).containsOnlyKeys("b");
            second.eval("worker:start(kept, d)");
            Await.until("the new member", () -> count(4, server).equals(Map.of("b", 2, "d", 2)));
        }
    }

    @Test
    void aBusyMemberIsSpared() throws IOException {
        worker(first, "busy", "a");
        worker(second, "busy", "b");
        try (TestNode node = start(Balance.LEAST_CALLS)) {
            GenServerRef server = GroupScene.connected(node).group("workers", "busy");
            CompletableFuture<String> held = CompletableFuture.supplyAsync(
                    () -> server.call(Atom.of("hold")).as(String.class));
            Await.until("the held call", () -> holding(first) || holding(second));
            String idle = holding(first) ? "b" : "a";
            assertThat(count(50, server)).isEqualTo(Map.of(idle, 50));
            for (ErlangPeer erlang : new ErlangPeer[] {first, second}) {
                erlang.eval("[gen_server:call(P, release) || P <- pg:get_local_members(workers, busy)]");
            }
            assertThat(Await.result("the held call", held)).isNotEqualTo(idle);
        }
    }

    private static boolean holding(ErlangPeer node) {
        return !node.eval("[gen_server:call(P, seen) || P <- pg:get_local_members(workers, busy)]")
                .equals("[[]]");
    }

    @Test
    void aMemberOnANodeThatDrainsIsNotCalled() throws IOException {
        PierApplication.install(second);
        worker(first, "drained", "a");
        worker(second, "drained", "b");
        try (TestNode node = start(Balance.ROUND_ROBIN)) {
            Peer backend = GroupScene.connected(node);
            GenServerRef server = backend.group("workers", "drained");
            assertThat(count(10, server)).hasSize(2);
            Await.until("a Pier to be known", () -> second.eval("pier:state()").contains(node.name()));
            assertThat(second.eval("pier:drain(20000)")).isEqualTo("ok");
            assertThat(count(10, server)).containsOnlyKeys("a");
            first.eval("worker:stop(drained)");
            Await.asserted(
                    "no other member",
                    () -> assertThatThrownBy(() -> server.call(Atom.of("name")))
                            .isInstanceOf(NotConnected.class)
                            .hasMessageContaining("drain"));
            second.eval("pier:undrain()");
            Await.until("the node in service", () -> backend.nodes().getLast().state() == PeerStatus.State.CONNECTED);
            assertThat(count(4, server)).containsOnlyKeys("b");
        }
    }
}
