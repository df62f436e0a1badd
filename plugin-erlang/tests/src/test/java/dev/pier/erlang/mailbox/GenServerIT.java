package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.BadArgument;
import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ElixirInstallation;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// `gen_server`s of Pier called from Erlang and Elixir, and those of Erlang and Elixir called from Pier.
class GenServerIT {
    @RegisterExtension
    static final ErlangPeer erlang =
            ErlangPeer.with().codePath(ElixirInstallation.modules()).start();

    private static TestNode node;
    private static final Counter counter = new Counter();

    /// `next` counts; the other requests are the ways in which a server can treat its caller.
    static final class Counter implements GenServer {
        private final AtomicLong count = new AtomicLong();
        private final LinkedBlockingQueue<Term> casts = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<Term> infos = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<From> waiting = new LinkedBlockingQueue<>();
        private final CompletableFuture<Term> terminated = new CompletableFuture<>();

        @Override
        public void handleCall(Message request, From from) {
            switch (request.term().toString()) {
                case "next" -> from.reply(count.incrementAndGet());
                case "twice" -> {
                    from.reply("first");
                    from.reply("second");
                }
                case "fail" -> throw new IllegalStateException("on purpose");
                case "error" -> throw new NoClassDefFoundError("some/Missing");
                case "refuse" -> from.fail(Tuple.of(Atom.of("not"), Atom.of("now")));
                case "nan" -> from.reply(Double.NaN);
                case "later" -> waiting.add(from);
                default -> from.reply(request.term());
            }
        }

        @Override
        public void handleCast(Message request) {
            casts.add(request.term());
        }

        @Override
        public void handleInfo(Message message) {
            infos.add(message.term());
        }

        @Override
        public void terminate(Term reason) {
            terminated.complete(reason);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie());
        assertThat(node.peer(erlang).ping()).isTrue();
        node.processes().register("counter", counter);
        erlang.compile("""
                -module(srv).
                -behaviour(gen_server).
                -export([start/1, init/1, handle_call/3, handle_cast/2, handle_info/2, late/1]).
                start(Name) -> {ok, P} = gen_server:start({local, Name}, ?MODULE, [], []), P.
                init([]) -> {ok, []}.
                handle_call({echo, X}, _, S) -> {reply, X, S};
                handle_call(casts, _, S) -> {reply, lists:reverse(S), S};
                handle_call(later, From, S) -> {noreply, [From | S]};
                handle_call(crash, _, _) -> exit(crashed);
                handle_call(stop, _, S) -> {stop, normal, stopped, S}.
                handle_cast(X, S) -> {noreply, [X | S]}.
                handle_info({late, To}, [From | S]) -> gen_server:reply(From, late), To ! done, {noreply, S};
                handle_info(_, S) -> {noreply, S}.
                late(Name) -> Name ! {late, self()}, receive done -> done after 20000 -> mute end.
                """);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String counterHere() {
        return "{counter, '" + node.name() + "'}";
    }

    private static String server() {
        String name = TestHost.uniqueName("srv");
        erlang.eval("srv:start(" + name + ")");
        return name;
    }

    // Servers of Pier.

    @Test
    void erlangCallsAndCasts() {
        long first = Long.parseLong(erlang.eval("gen_server:call(" + counterHere() + ", next)"));
        assertThat(erlang.eval("gen_server:call(" + counterHere() + ", next)")).isEqualTo(Long.toString(first + 1));
        assertThat(erlang.eval("gen_server:call(" + counterHere() + ", {some, #{term => [1.5]}})"))
                .isEqualTo("{some,#{term => [1.5]}}");
        assertThat(erlang.eval("gen_server:call(" + counterHere() + ", big)")).isEqualTo("big");
        erlang.eval("gen_server:cast(" + counterHere() + ", {cast, from_erlang})");
        Await.until("the cast", () -> counter.casts.contains(Term.parse("{cast,from_erlang}")));
        erlang.eval(counterHere() + " ! {info, 1}");
        Await.until("the message", () -> counter.infos.contains(Term.parse("{info,1}")));
    }

    @Test
    void erlangCallsInEveryOtherWay() {
        assertThat(erlang.eval("R = gen_server:send_request(" + counterHere()
                        + ", sent), gen_server:receive_response(R, 20000)"))
                .isEqualTo("{reply,sent}");
        assertThat(erlang.eval("gen_server:multi_call(['" + node.name() + "'], counter, multi, 20000)"))
                .isEqualTo("{[{" + node.name() + ",multi}],[]}");
        assertThat(erlang.eval("gen_server:multi_call(['" + node.name() + "'], nobody, multi, 20000)"))
                .isEqualTo("{[],[" + node.name() + "]}");
        // A tag without alias, as nodes before OTP 24 and other languages send.
        assertThat(erlang.eval("R = make_ref(), " + counterHere()
                        + " ! {'$gen_call', {self(), R}, plain}, receive {R, X} -> X after 20000 -> mute end"))
                .isEqualTo("plain");
    }

    @Test
    void elixirCallsAndCasts() {
        assertThat(erlang.eval("'Elixir.GenServer':call(" + counterHere() + ", <<\"from elixir\">>, 20000)"))
                .isEqualTo("<<\"from elixir\">>");
        assertThat(erlang.eval("'Elixir.GenServer':cast(" + counterHere() + ", elixir)"))
                .isEqualTo("ok");
        Await.until("the cast", () -> counter.casts.contains(Atom.of("elixir")));
    }

    @Test
    void aCallToAMissingServerFailsAtOnce() {
        assertThat(erlang.eval("catch gen_server:call({nobody, '" + node.name() + "'}, next, infinity)"))
                .startsWith("{'EXIT',{noproc,");
    }

    @Test
    void aFailedCallIsReportedAndTheServerGoesOn() {
        try (LogCapture log = LogCapture.begin()) {
            assertThat(erlang.eval("catch gen_server:call(" + counterHere() + ", fail, infinity)"))
                    .startsWith(
                            "{'EXIT',{{java_exception,<<\"java.lang.IllegalStateException\">>,<<\"on purpose\">>},");
            Await.asserted(
                    "the line in the log",
                    () -> assertThat(log.warnings("'counter' failed")).hasSize(1));
        }
        assertThat(erlang.eval("catch gen_server:call(" + counterHere() + ", error, infinity)"))
                .startsWith("{'EXIT',{{java_exception,<<\"java.lang.NoClassDefFoundError\">>,<<\"some/Missing\">>},");
        assertThat(erlang.eval("catch gen_server:call(" + counterHere() + ", refuse, infinity)"))
                .startsWith("{'EXIT',{{'not',now},");
        assertThat(erlang.eval("catch gen_server:call(" + counterHere() + ", nan, infinity)"))
                .contains("BadArgument");
        assertThat(erlang.eval("gen_server:call(" + counterHere() + ", still_here)"))
                .isEqualTo("still_here");
    }

    @Test
    void anAnswerMayComeLaterAndOnlyOnce() throws InterruptedException {
        assertThat(erlang.eval(
                        "R = gen_server:call(" + counterHere() + ", twice), receive X -> {R, X} after 0 -> R end"))
                .isEqualTo("<<\"first\">>");
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> erlang.eval("gen_server:call(" + counterHere() + ", later)"));
        counter.waiting.take().reply("now");
        assertThat(Await.result("the answer", answer)).isEqualTo("<<\"now\">>");

        assertThat(erlang.eval("catch gen_server:call(" + counterHere() + ", later, 50)"))
                .startsWith("{'EXIT',{timeout,");
        GenServer.From late = counter.waiting.take();
        late.reply("too late");
        late.fail(Atom.of("too_late"));
    }

    @Test
    void aLateAnswerIsDiscarded() throws InterruptedException {
        CompletableFuture<String> mailbox = CompletableFuture.supplyAsync(() -> erlang.eval("catch gen_server:call("
                + counterHere() + ", later, 50), gen_server:call(" + counterHere()
                + ", later), erlang:process_info(self(), messages)"));
        GenServer.From late = counter.waiting.take();
        GenServer.From second = counter.waiting.take();
        late.reply("too late");
        second.reply("in time");
        assertThat(Await.result("the messages", mailbox)).isEqualTo("{messages,[]}");
    }

    @Test
    void theEndOfAServerEndsItsCalls() throws Exception {
        String name = TestHost.uniqueName("mortal");
        Counter mortal = new Counter();
        ErlangProcess process = node.processes().register(name, mortal);
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(
                () -> erlang.eval("catch gen_server:call({" + name + ", '" + node.name() + "'}, later, infinity)"));
        mortal.waiting.take();
        process.end(Atom.of("tired"));
        assertThat(Await.result("the exit", answer)).startsWith("{'EXIT',{tired,");
        assertThat(Await.result("terminate", mortal.terminated)).isEqualTo(Atom.of("tired"));
        assertThat(erlang.eval("catch gen_server:call({" + name + ", '" + node.name() + "'}, next)"))
                .startsWith("{'EXIT',{noproc,");
    }

    @Test
    void erlangAndElixirStopAServer() {
        for (String stop : List.of(
                "gen_server:stop(S)",
                "'Elixir.GenServer':stop(S)",
                "gen_server:stop(S, shutdown, 20000)",
                "sys:terminate(S, {shutdown,why})")) {
            String name = TestHost.uniqueName("stopped");
            Counter mortal = new Counter();
            ErlangProcess process = node.processes().register(name, mortal);
            assertThat(erlang.eval("S = {" + name + ", '" + node.name() + "'}, " + stop))
                    .as(stop)
                    .isEqualTo("ok");
            Term reason = Await.result("its end", mortal.terminated);
            assertThat(reason.toString())
                    .as(stop)
                    .isEqualTo(
                            stop.contains("why")
                                    ? "{shutdown,why}"
                                    : stop.contains("shutdown") ? "shutdown" : "normal");
            assertThat(process.isAlive()).isFalse();
        }
        assertThat(erlang.eval("sys:suspend(" + counterHere() + ", infinity)"))
                .isEqualTo("{error,{unknown_system_msg,suspend}}");
        erlang.eval(counterHere() + " ! {system, nobody, get_state}");
        Await.until("the message", () -> counter.infos.contains(Term.parse("{system,nobody,get_state}")));
    }

    @Test
    void aServerThatDoesNotStartHasNoName() {
        String name = TestHost.uniqueName("stillborn");
        GenServer stillborn = new GenServer() {
            @Override
            public void init(ErlangProcess self) throws IOException {
                throw new IOException("no disk");
            }

            @Override
            public void handleCall(Message request, From from) {}

            @Override
            public void handleCast(Message request) {}
        };
        assertThatThrownBy(() -> node.processes().register(name, stillborn))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(name, "no disk");
        node.processes().mailbox(name).close();
    }

    @Test
    void tenThousandCallsFromElixirFiftyAtATime() {
        Counter fresh = new Counter();
        String name = TestHost.uniqueName("busy");
        node.processes().register(name, fresh);
        assertThat(erlang.eval(
                        "Self = self(), Call = fun(_) -> 'Elixir.GenServer':call({" + name + ", '" + node.name()
                                + "'}, next, 30000) end, "
                                + "[spawn_link(fun() -> Self ! {done, [Call(N) || N <- lists:seq(1, 200)]} end)"
                                + " || _ <- lists:seq(1, 50)], "
                                + "All = [receive {done, L} -> L after 30000 -> error(mute) end || _ <- lists:seq(1, 50)], "
                                + "lists:sort(lists:append(All)) =:= lists:seq(1, 10000)",
                        Duration.ofSeconds(60)))
                .isEqualTo("true");
        assertThat(fresh.count).hasValue(10_000);
    }

    // Servers of Erlang and Elixir.

    @Test
    void aServerIsCalledByNameAndByPid() {
        String name = server();
        GenServerRef byName = node.peer(erlang).server(name);
        assertThat(byName.call(Tuple.of(Atom.of("echo"), Atom.of("x"))).term()).isEqualTo(Atom.of("x"));
        byName.cast(1);
        byName.cast("two");
        assertThat(byName.call(Atom.of("casts")).term()).isEqualTo(Term.parse("[1,<<\"two\">>]"));

        Pid pid =
                (Pid) node.peer(erlang).call("erlang", "whereis", Atom.of(name)).term();
        assertThat(node.server(pid).call(Tuple.of(Atom.of("echo"), pid)).term()).isEqualTo(pid);
    }

    @Test
    void aCallToAMissingErlangServerFailsAtOnce() {
        RemoteExit e = catchThrowableOfType(
                RemoteExit.class, () -> node.peer(erlang).server("nobody").call(1, Duration.ofMinutes(5)));
        assertThat(e.reason()).isEqualTo(Atom.of("noproc"));
        assertThat(e).hasMessageContaining("nobody").hasMessageContaining(erlang.nodeName());
    }

    /// Only a failure before anything was sent: on the wire, `noproc` may be the answer to the monitor, or the
    /// exit reason of the server after it took the request.
    @Test
    void aCallToAMissingLocalServerHasNotRun() {
        Mailbox gone = node.processes().mailbox();
        gone.close();
        RemoteExit here = catchThrowableOfType(
                RemoteExit.class, () -> node.server(gone.self()).call("x"));
        assertThat(here.reason()).isEqualTo(Atom.of("noproc"));
        assertThat(here.maybeExecuted()).isFalse();
    }

    @Test
    void aServerIsCalledByItsGlobalName() {
        String name = TestHost.uniqueName("global");
        GenServerRef server = node.peer(erlang).globalServer(name);
        RemoteExit missing = catchThrowableOfType(RemoteExit.class, () -> server.call(1));
        assertThat(missing.reason()).isEqualTo(Atom.of("noproc"));
        assertThat(missing.maybeExecuted()).isFalse();
        assertThat(missing).hasMessageContaining("{global," + name + "}");
        server.cast("to nobody");

        erlang.eval("{ok, P} = gen_server:start({global, " + name + "}, srv, [], []), P");
        assertThat(server.call(Tuple.of(Atom.of("echo"), Atom.of("found"))).term())
                .isEqualTo(Atom.of("found"));
        server.cast(Atom.of("one"));
        assertThat(server.call(Atom.of("casts")).term()).isEqualTo(Term.parse("[one]"));

        erlang.eval("M = monitor(process, global:whereis_name(" + name + ")), exit(global:whereis_name(" + name
                + "), kill), receive {'DOWN', M, _, _, _} -> ok end");
        Await.until(
                "the name to be free",
                () -> erlang.eval("global:whereis_name(" + name + ")").equals("undefined"));
        erlang.eval("{ok, P} = gen_server:start({global, " + name + "}, srv, [], []), P");
        assertThat(server.call(Atom.of("casts")).term()).as("the next one").isEqualTo(Term.parse("[]"));
    }

    @Test
    void aServerThatCrashesGivesItsReason() {
        String name = server();
        RemoteExit e = catchThrowableOfType(
                RemoteExit.class, () -> node.peer(erlang).server(name).call(Atom.of("crash")));
        assertThat(e.reason()).isEqualTo(Atom.of("crashed"));
        String second = server();
        assertThat(node.peer(erlang).server(second).call(Atom.of("stop")).term())
                .isEqualTo(Atom.of("stopped"));
    }

    @Test
    void aCallThatTimesOutLeavesNothingBehind() {
        String name = server();
        int processes = node.node().processes().count();
        GenServerRef slow = node.peer(erlang).server(name);
        assertThatThrownBy(() -> slow.call(Atom.of("later"), Duration.ofMillis(50)))
                .isInstanceOf(CallTimeout.class)
                .hasMessageContaining("50 ms");
        assertThat(erlang.eval("srv:late(" + name + ")")).isEqualTo("done");
        assertThat(slow.call(Tuple.of(Atom.of("echo"), Atom.of("next"))).term()).isEqualTo(Atom.of("next"));
        assertThat(node.node().processes().count()).isEqualTo(processes);
        Await.until(
                "no monitor left",
                () -> erlang.eval("process_info(whereis(" + name + "), monitored_by)")
                        .equals("{monitored_by,[]}"));
    }

    @Test
    void anInterruptedCallEnds() throws InterruptedException {
        String name = server();
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                node.peer(erlang).server(name).call(Atom.of("later"), Duration.ofMinutes(5));
            } catch (CallCancelled e) {
                cancelled.complete(Thread.currentThread().isInterrupted());
            }
        });
        Await.until(
                "the call",
                () -> !erlang.eval("process_info(whereis(" + name + "), monitored_by)")
                        .equals("{monitored_by,[]}"));
        caller.interrupt();
        assertThat(Await.result("the end of the call", cancelled)).isTrue();
    }

    @Test
    void badRequestsAndMissingNodesFailBeforeAnythingIsSent() {
        String name = server();
        GenServerRef server = node.peer(erlang).server(name);
        assertThatThrownBy(() -> server.call(Double.NaN)).isInstanceOf(BadArgument.class);
        assertThatThrownBy(() -> server.cast(Double.NaN)).isInstanceOf(BadArgument.class);
        Pid nowhere = new Pid(Atom.of("missing_node@localhost"), 1, 0, 1);
        assertThatThrownBy(() -> node.server(nowhere).call(1)).isInstanceOf(NotConnected.class);
        assertThatThrownBy(() -> node.server(nowhere).cast(1)).isInstanceOf(NotConnected.class);
    }

    @Test
    void aLocalServerIsCalled() {
        String name = TestHost.uniqueName("local");
        ErlangProcess process = node.processes().register(name, new Counter());
        GenServerRef local = node.server(process.self());
        assertThat(local.call(Atom.of("next")).as(long.class)).isEqualTo(1L);
        assertThat(catchThrowableOfType(RemoteExit.class, () -> local.call(Atom.of("fail")))
                        .reason()
                        .toString())
                .contains("on purpose");
        process.close();
        assertThat(catchThrowableOfType(RemoteExit.class, () -> local.call(1)).reason())
                .isEqualTo(Atom.of("noproc"));
    }

    @Test
    void aLostNodeEndsAllCalls() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(node.peer(mortal).ping()).isTrue();
            mortal.eval("register(silent, spawn(fun() -> receive after infinity -> ok end end))");
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                calls.add(
                        callers.submit(() -> node.peer(mortal).server("silent").call(1, Duration.ofMinutes(5))));
            }
            Await.until(
                    "all calls",
                    () -> mortal.eval("length(element(2, process_info(whereis(silent), messages)))")
                            .equals("20"));
            mortal.kill();
            for (Future<?> call : calls) {
                assertThatThrownBy(call::get).hasCauseInstanceOf(ConnectionLost.class);
            }
        }
    }

    @Test
    void aCallWithoutACallerIsAnOrdinaryMessage() {
        try (Mailbox mailbox = node.processes().mailbox()) {
            mailbox.send("counter", Tuple.of(Atom.of("$gen_call"), Atom.of("no_from"), Atom.of("next")));
            mailbox.send(
                    "counter", Tuple.of(Atom.of("$gen_call"), Tuple.of(mailbox.self(), Atom.of("t")), Atom.of("x")));
            assertThat(mailbox.receive(Duration.ofSeconds(20)).orElseThrow().term())
                    .isEqualTo(Tuple.of(Atom.of("t"), Atom.of("x")));
            assertThat(counter.infos).contains(Term.parse("{'$gen_call',no_from,next}"));
        }
    }
}
