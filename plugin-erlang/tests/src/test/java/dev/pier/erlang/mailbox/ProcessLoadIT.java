package dev.pier.erlang.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.GenServerRef;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Tuple;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestHost;
import dev.pier.erlang.testing.TestNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Processes under load: many messages in order, floods, and nodes that are killed at any moment.
class ProcessLoadIT {
    private static final int MANY = 100_000;

    /// One in this many messages is large enough to be sent in fragments.
    private static final int LARGE_EVERY = 1000;

    private static final int LARGE_BYTES = 300_000;

    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static TestNode node;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie(), new MailboxSettings(2 * MANY, 1L << 30, MailboxSettings.Overflow.DROP));
        assertThat(node.peer(erlang).ping()).isTrue();
        erlang.compile("""
                -module(load).
                -compile(export_all).
                -compile(nowarn_export_all).
                %% Takes N numbered messages, then tells whether each came in its turn.
                counter(Name, N) ->
                    Self = self(),
                    spawn(fun() -> register(Name, self()), Self ! ready, count(1, N) end),
                    receive ready -> ok end.
                count(N, Last) when N > Last -> receive {result, From} -> From ! {result, in_order} end;
                count(N, Last) ->
                    receive
                        {N, _} -> count(N + 1, Last);
                        {result, From} -> From ! {result, {wants, N}}, count(N, Last);
                        {Other, _} -> receive {result, From} -> From ! {result, {wanted, N, got, Other}} end
                    end.
                result(Name) ->
                    Name ! {result, self()},
                    receive {result, R} -> R after 30000 -> mute end.
                %% Sends N numbered messages, some of them large.
                send(To, N, Every, Large) ->
                    Big = binary:copy(<<"x">>, Large),
                    [To ! {I, case I rem Every of 0 -> Big; _ -> <<"small">> end} || I <- lists:seq(1, N)],
                    sent.
                flood(To) -> To ! flood, flood(To).
                echo() -> receive {'$gen_call', {From, Tag}, X} -> From ! {Tag, X}, echo() end.
                start_echo(Name) -> register(Name, spawn(fun echo/0)), ok.
                """);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void messagesToErlangKeepTheirOrderAmongFragments() {
        String name = TestHost.uniqueName("counter");
        erlang.eval("load:counter(" + name + ", " + MANY + ")");
        Binary large = Binary.of(new byte[LARGE_BYTES]);
        Binary small = Binary.of("small");
        try (Mailbox mailbox = node.processes().mailbox()) {
            for (int i = 1; i <= MANY; i++) {
                Tuple message = Tuple.of(IntegerTerm.of(i), i % LARGE_EVERY == 0 ? large : small);
                sendPatiently(mailbox, name, message);
            }
        }
        Await.value("all messages", () -> erlang.eval("load:result(" + name + ")"), "in_order"::equals);
    }

    /// The queue to a peer is bounded: a sender that is faster than the network gets [Overloaded].
    private static void sendPatiently(Mailbox mailbox, String name, Tuple message) {
        long deadline = System.nanoTime() + Await.PATIENCE.toNanos();
        while (true) {
            try {
                mailbox.send(name, erlang.nodeName(), message);
                return;
            } catch (Overloaded full) {
                if (System.nanoTime() > deadline) {
                    throw full;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    @Test
    void messagesFromErlangKeepTheirOrderAmongFragments() {
        String name = TestHost.uniqueName("java");
        try (Mailbox mailbox = node.processes().mailbox(name)) {
            CompletableFuture<String> sending = CompletableFuture.supplyAsync(() -> erlang.eval(
                    "load:send({" + name + ", '" + node.name() + "'}, " + MANY + ", " + LARGE_EVERY + ", " + LARGE_BYTES
                            + ")",
                    Duration.ofMinutes(1)));
            for (int i = 1; i <= MANY; i++) {
                Message message = mailbox.receive(Await.PATIENCE).orElseThrow();
                Tuple tuple = (Tuple) message.term();
                assertThat(tuple.get(0)).isEqualTo(IntegerTerm.of(i));
                assertThat(((Binary) tuple.get(1)).size()).isEqualTo(i % LARGE_EVERY == 0 ? LARGE_BYTES : 5);
            }
            assertThat(Await.result("the sender", sending)).isEqualTo("sent");
            assertThat(mailbox.size()).isZero();
            assertThat(mailbox.dropped()).isZero();
        }
    }

    @Test
    void aFloodOfOneMailboxLeavesTheOthersUsable() throws Exception {
        MailboxSettings small = new MailboxSettings(1000, 1 << 20, MailboxSettings.Overflow.DROP);
        String echo = TestHost.uniqueName("echo");
        erlang.eval("load:start_echo(" + echo + ")");
        try (TestNode flooded = TestNode.start(erlang.cookie(), small)) {
            Peer peer = flooded.peer(erlang);
            assertThat(peer.ping()).isTrue();
            String name = TestHost.uniqueName("flooded");
            Mailbox victim = flooded.processes().mailbox(name);
            Mailbox other = flooded.processes().mailbox();
            Pid flood = (Pid) peer.call(
                            "erlang",
                            "spawn",
                            Atom.of("load"),
                            Atom.of("flood"),
                            List.of(Tuple.of(Atom.of(name), Atom.of(flooded.name()))))
                    .term();
            Await.until("the flood", () -> victim.dropped() > 10_000);
            for (int i = 0; i < 200; i++) {
                assertThat(peer.call("erlang", "abs", -i).as(int.class)).isEqualTo(i);
                assertThat(peer.server(echo).call(i).as(int.class)).isEqualTo(i);
            }
            other.exit(flood, Atom.of("kill"));
            assertThat(other.size()).isZero();
            assertThat(victim.size()).isEqualTo(1000);
        }
    }

    /// Whichever side ends, and whenever: every wait ends, with its cause.
    @Test
    void killingEitherSideLeavesNothingWaiting() throws Exception {
        Random random = new Random(4711);
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start()) {
            mortal.compile("""
                    -module(mortal).
                    -export([start/0]).
                    start() -> register(silent, spawn(fun F() -> receive _ -> F() end end)), ok.
                    """);
            for (int round = 0; round < 50; round++) {
                mortal.eval("mortal:start()");
                killAtARandomPoint(mortal, round % 2 == 0, random.nextInt(20));
                if (!mortal.isRunning()) {
                    mortal.restart();
                }
            }
        }
    }

    private static void killAtARandomPoint(ErlangPeer mortal, boolean killErlang, int callsBefore) throws Exception {
        try (TestNode ours = TestNode.start(mortal.cookie());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int processesOfNode = ours.node().processes().count();
            Peer peer = ours.peer(mortal);
            assertThat(peer.ping()).isTrue();
            GenServerRef silent = peer.server("silent");
            List<Future<Throwable>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                boolean watches = i % 2 == 0;
                waiting.add(threads.submit(() ->
                        watches ? watch(ours, mortal) : catchThrowable(() -> silent.call(1, Duration.ofMinutes(5)))));
            }
            String ourName = TestHost.uniqueName("ours");
            ours.processes().mailbox(ourName);
            mortal.eval("spawn(fun() -> catch gen_server:call({" + ourName + ", '" + ours.name()
                    + "'}, never, infinity), persistent_term:put(freed, true) end)");
            for (int i = 0; i < callsBefore; i++) {
                peer.call("erlang", "abs", -i);
            }
            if (killErlang) {
                mortal.kill();
            } else {
                ours.node().close();
            }
            for (Future<Throwable> one : waiting) {
                Throwable end = ended(one);
                assertThat(end)
                        .isInstanceOfAny(ConnectionLost.class, NotConnected.class, RemoteExit.class, ProcessEnded.class)
                        .isNotInstanceOf(CallTimeout.class);
            }
            if (!killErlang) {
                Await.until(
                        "the end of Erlang's call",
                        () -> mortal.eval("persistent_term:get(freed, false)").equals("true"));
                mortal.eval("persistent_term:erase(freed), exit(whereis(silent), kill), ok");
                Await.until("the name", () -> mortal.eval("whereis(silent)").equals("undefined"));
            }
            if (killErlang) {
                Await.until("the mailbox alone", () -> ours.node().processes().count() == processesOfNode + 1);
            } else {
                Await.until("no process left", () -> ours.node().processes().count() == 0);
            }
        }
    }

    private static Throwable watch(TestNode ours, ErlangPeer mortal) {
        try (Mailbox mailbox = ours.processes().mailbox()) {
            mailbox.monitor("silent", mortal.nodeName());
            Message.Down down = mailbox.receive(Duration.ofMinutes(5))
                    .flatMap(Message::down)
                    .orElseThrow();
            return down.reason().equals(Atom.of("noconnection"))
                    ? new ConnectionLost("as a message")
                    : new AssertionError("another end: " + down);
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    private static Throwable ended(Future<Throwable> one) throws ExecutionException, InterruptedException {
        return Await.result("the end of all that waits", one);
    }
}
