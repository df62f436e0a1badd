package dev.pier.erlang.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `GenServerRef.callAsync` of servers by pid, by name, by global name and of a `pg` group.
class AsyncServerCallIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        assertThat(node.peer(erlang).ping()).isTrue();
        erlang.compile("""
                -module(async).
                -behaviour(gen_server).
                -export([start/0, init/1, handle_call/3, handle_cast/2]).
                start() ->
                    {ok, _} = pg:start(pier_async),
                    {ok, Pid} = gen_server:start({local, async}, ?MODULE, [], []),
                    yes = global:register_name(async, Pid),
                    pg:join(pier_async, members, Pid),
                    Pid.
                init([]) -> {ok, 0}.
                handle_call(stuck, _, Calls) -> {noreply, Calls + 1};
                handle_call(calls, _, Calls) -> {reply, Calls, Calls};
                handle_call(X, _, Calls) -> {reply, {echo, X}, Calls}.
                handle_cast(_, Calls) -> {noreply, Calls}.
                """);
        erlang.eval("async:start()");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static GenServerRef named() {
        return node.peer(erlang).server("async");
    }

    private static String text(CompletableFuture<Reply> call) {
        return Await.result("the answer", call).term().toString();
    }

    private static Throwable failure(CompletableFuture<Reply> call) {
        return Await.result("the failure", call.handle((_, failure) -> failure));
    }

    @Test
    void allKindsOfServersAnswer() {
        Pid pid = node.peer(erlang).call("erlang", "whereis", Atom.of("async")).as(Pid.class);
        List<GenServerRef> servers = List.of(
                named(),
                node.server(pid),
                node.peer(erlang).globalServer("async"),
                node.peer(erlang).group("pier_async", "members"));
        for (GenServerRef server : servers) {
            assertThat(text(server.callAsync(7))).as(server.toString()).isEqualTo("{echo,7}");
        }
    }

    @Test
    void theRequestIsEncodedBeforeTheMethodReturns() {
        List<Integer> request = new ArrayList<>(List.of(1, 2));
        CompletableFuture<Reply> call = named().callAsync(request, Duration.ofSeconds(20));
        request.clear();
        assertThat(text(call)).isEqualTo("{echo,[1,2]}");
    }

    @Test
    void callsRunAtTheSameTime() {
        CompletableFuture<Reply> stuck = named().callAsync(Atom.of("stuck"), Duration.ofMinutes(1));
        List<CompletableFuture<Reply>> calls =
                IntStream.range(0, 100).mapToObj(i -> named().callAsync(i)).toList();
        for (int i = 0; i < calls.size(); i++) {
            assertThat(text(calls.get(i))).isEqualTo("{echo," + i + "}");
        }
        assertThat(stuck).isNotDone();
        assertThat(stuck.cancel(true)).isTrue();
    }

    @Test
    void failuresAreThoseOfACall() {
        assertThat(failure(named().callAsync(Double.NaN))).isInstanceOf(BadArgument.class);
        assertThat(failure(named().callAsync(Atom.of("stuck"), Duration.ofMillis(50))))
                .isInstanceOf(CallTimeout.class);
        assertThat(failure(node.peer(erlang).server("absent").callAsync(1))).isInstanceOf(RemoteExit.class);
    }

    @Test
    void cancellingEndsTheProcessThatCalls() {
        long before = Long.parseLong(text(named().callAsync(Atom.of("calls"))));
        int processes = node.node().processes().count();
        CompletableFuture<Reply> call = named().callAsync(Atom.of("stuck"), Duration.ofMinutes(1));
        Await.until(
                "the request at the server", () -> Long.parseLong(text(named().callAsync(Atom.of("calls")))) > before);
        call.cancel(true);
        assertThat(call).isCancelled();
        Await.until(
                "the end of the calling process", () -> node.node().processes().count() == processes);
    }
}
