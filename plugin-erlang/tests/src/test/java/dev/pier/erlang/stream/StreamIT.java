package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.CallOptions;
import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ConnectionLost;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Streams from a real node: returned values while they arrive, and producers.
class StreamIT {
    @RegisterExtension
    static final ErlangPeer erlang = ErlangPeer.start();

    private static final BulkSettings SETTINGS =
            BulkSettings.DEFAULT.withLanes(2).withLoadProducer(true);
    private static final String MODULE = """
            -module(s).
            -compile(export_all).
            -compile(nowarn_export_all).
            echo(X) -> X.
            fails(X) -> error(X).
            pid() -> self().
            maps(N) -> [#{id => I, name => <<"name">>, ok => true} || I <- lists:seq(1, N)].
            blob(N) -> binary:copy(<<"x">>, N).
            sleeps(Name) -> register(Name, self()), receive after infinity -> ok end.
            rows(N) -> pier_stream:run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], done end).
            endless(Name) ->
                register(Name, self()),
                Pad = binary:copy(<<"x">>, 100),
                pier_stream:run(fun(Emit) -> endless(Emit, Pad, 1) end).
            endless(Emit, Pad, I) -> Emit({I, Pad}), endless(Emit, Pad, I + 1).
            twice(N) -> rows(N), rows(N).
            silent(Name) ->
                register(Name, self()),
                pier_stream:run(fun(Emit) -> Emit(1), receive after infinity -> ok end end).
            breaks(N) -> pier_stream:run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], error(broken) end).
            dies(N) -> pier_stream:run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], exit(self(), kill), receive x -> x end end).
            greedy(Name) ->
                register(Name, self()),
                {parent, To} = process_info(self(), parent),
                Ref = make_ref(),
                To ! {pier_stream, 1, Ref},
                greedy(To, Ref, binary:copy(<<"x">>, 1000), 1).
            greedy(To, Ref, Pad, I) ->
                To ! {Ref, 1, {I, Pad}},
                put(sent, I),
                greedy(To, Ref, Pad, I + 1).
            """;

    private static TestNode node;
    private static Peer peer;

    @BeforeAll
    static void start() throws IOException {
        node = TestNode.start(erlang.cookie(), SETTINGS);
        peer = node.peer(erlang).with(new CallOptions(Duration.ofSeconds(30)));
        erlang.compile(MODULE);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Peer patient(Duration timeout) {
        return peer.with(new CallOptions(timeout));
    }

    private static int lanesInUse() {
        return node.link(erlang).lanes().inUse();
    }

    private static boolean isRunning(String name) {
        return !erlang.eval("whereis(" + name + ")").equals("undefined");
    }

    private static String json(ReplyStream stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stream.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static List<Long> longs(Iterable<Reply> replies) {
        List<Long> all = new ArrayList<>();
        replies.forEach(reply -> all.add(reply.as(long.class)));
        return all;
    }

    @Test
    void anyValueIsWrittenAsACallWouldWriteIt() throws IOException {
        for (String term : List.of(
                "42",
                "[]",
                "\"text\"",
                "[1,2,3]",
                "[300,1,2]",
                "[a|b]",
                "#{a => #{<<\"b\">> => [1.5,{x,y}]}}",
                "{ok,<<\"Grüße\"/utf8>>}",
                "[{I,#{k => I}} || I <- lists:seq(1, 20000)]",
                "#{rows => [#{id => I} || I <- lists:seq(1, 30000)], n => 1}",
                "lists:duplicate(30000, tail) ++ end_of_it",
                "list_to_tuple(lists:seq(1, 70000))",
                "[binary:copy(<<\"y\">>, 300000), self(), make_ref(), fun lists:map/2]")) {
            erlang.eval("persistent_term:put(s, (" + term + "))");
            ByteArrayOutputStream called = new ByteArrayOutputStream();
            peer.call("persistent_term", "get", Atom.of("s")).writeJson(called);
            assertThat(json(peer.stream("persistent_term", "get", Atom.of("s"))))
                    .as(term)
                    .isEqualTo(called.toString(StandardCharsets.UTF_8));
        }
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void elementsComeOneByOne() {
        List<Long> ids = new ArrayList<>();
        for (Reply row : peer.stream("s", "maps", 5000)) {
            ids.add(row.as(Row.class).id());
        }
        assertThat(ids).hasSize(5000).startsWith(1L, 2L).endsWith(5000L);
        assertThat(longs(peer.stream("lists", "seq", 1, 5))).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(longs(peer.stream("s", "echo", List.of()))).isEmpty();
        assertThatThrownBy(() -> longs(peer.stream("s", "echo", Atom.of("no_list"))))
                .isInstanceOfSatisfying(
                        UnexpectedTerm.class, e -> assertThat(e.maybeExecuted()).isTrue())
                .hasMessageContaining("no_list");
        assertThat(lanesInUse()).isZero();
    }

    record Row(long id, String name, boolean ok) {}

    @Test
    void linesAndBytes() throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        peer.stream("s", "maps", 3).writeNdjson(lines);
        assertThat(lines.toString(StandardCharsets.UTF_8).lines())
                .hasSize(3)
                .first()
                .asString()
                .contains("\"id\":1");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        peer.stream("s", "blob", 3_000_000).writeBytes(bytes);
        assertThat(bytes.size()).isEqualTo(3_000_000);
        bytes.reset();
        peer.stream(
                        "erlang",
                        "hd",
                        List.of(List.of("ab", List.of(99, "d".getBytes(StandardCharsets.UTF_8)), List.of())))
                .writeBytes(bytes);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("abcd");
        assertThatThrownBy(() ->
                        peer.stream("s", "echo", List.of("ab", Atom.of("c"))).writeBytes(bytes))
                .isInstanceOf(UnexpectedTerm.class);
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aFailureBeforeTheAnswerBeginsIsThatOfACall() {
        RemoteError error = catchThrowableOfType(RemoteError.class, () -> peer.stream("s", "fails", Atom.of("oops")));
        assertThat(error.reason()).isEqualTo(Atom.of("oops"));
        assertThatThrownBy(() -> peer.stream("s", "missing"))
                .isInstanceOf(RemoteError.class)
                .hasMessageContaining("undef");
        assertThatThrownBy(() -> patient(Duration.ofMillis(300)).stream("s", "sleeps", Atom.of("late")))
                .isInstanceOf(CallTimeout.class);
        Await.until("the end of the late process", () -> !isRunning("late"));
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aProducersRowsComeInOrder() throws IOException {
        assertThat(longs(peer.stream("s", "rows", 10_000)))
                .hasSize(10_000)
                .isSorted()
                .endsWith(10_000L);
        assertThat(json(peer.stream("s", "rows", 3))).isEqualTo("[1,2,3]");
        assertThat(json(peer.stream("s", "rows", 0))).isEqualTo("[]");
        assertThat(longs(peer.stream("s", "twice", 2000))).hasSize(4000);
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aSlowReaderStopsOnlyItsProducer() {
        try (ReplyStream stream = peer.stream("s", "endless", Atom.of("endless"))) {
            Iterator<Reply> rows = stream.iterator();
            rows.next();
            awaitStandstill("endless", "waiting");
            for (int i = 0; i < 5000; i++) {
                rows.next();
            }
        }
        Await.until("the end of the producer", () -> !isRunning("endless"));
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aProducerThatIgnoresCreditIsSuspendedAndKilled() {
        try (ReplyStream stream = peer.stream("s", "greedy", Atom.of("greedy"))) {
            Iterator<Reply> rows = stream.iterator();
            rows.next();
            awaitStandstill("greedy", "suspended");
            for (int i = 0; i < 20_000; i++) {
                rows.next();
            }
        }
        Await.until("the end of the producer", () -> !isRunning("greedy"));
        assertThat(longs(peer.stream("s", "rows", 10))).hasSize(10);
    }

    /// Waits until a process has stopped while calls go on. It pauses several times while the buffers on the
    /// way fill up, and stops when they are full.
    private static void awaitStandstill(String name, String status) {
        String look = "process_info(whereis(" + name + "), [status, reductions])";
        Await.until("the standstill of " + name, () -> {
            String before = erlang.eval(look);
            for (int i = 0; i < 100; i++) {
                assertThat(peer.call("s", "echo", i).as(int.class)).isEqualTo(i);
            }
            return before.contains(status) && erlang.eval(look).equals(before);
        });
    }

    @Test
    void aProducerThatFailsEndsTheStreamWithItsReason() {
        List<Long> seen = new ArrayList<>();
        RemoteError error = catchThrowableOfType(RemoteError.class, () -> {
            for (Reply row : peer.stream("s", "breaks", 10)) {
                seen.add(row.as(long.class));
            }
        });
        assertThat(error.reason()).isEqualTo(Atom.of("broken"));
        assertThat(seen).hasSize(10);
        assertThatThrownBy(() -> longs(peer.stream("s", "dies", 10)))
                .isInstanceOfSatisfying(
                        RemoteExit.class, e -> assertThat(e.isSignal()).isTrue());
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aStreamIsClosedFromAnotherThread() throws InterruptedException {
        ReplyStream stream = peer.stream("s", "silent", Atom.of("silent"));
        Iterator<Reply> rows = stream.iterator();
        rows.next();
        assertThat(stream.await(Duration.ofMillis(20))).isFalse();
        List<Throwable> thrown = new ArrayList<>();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                assertThat(rows.hasNext()).isFalse();
            } catch (CallCancelled e) {
                thrown.add(e);
            }
        });
        stream.close();
        reader.join();
        assertThat(thrown).hasSize(1);
        Await.until("the end of the producer", () -> !isRunning("silent"));
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void moreStreamsThanLanesWaitAndAreThenRefused() throws Exception {
        ReplyStream second = peer.stream("s", "silent", Atom.of("second"));
        try (ReplyStream first = peer.stream("s", "silent", Atom.of("first"))) {
            Overloaded e = catchThrowableOfType(
                    Overloaded.class, () -> patient(Duration.ofMillis(200)).stream("s", "rows", 1));
            assertThat(e).hasMessageContaining("2 streams").hasMessageContaining("erlang.bulk.lanes");
            CompletableFuture<List<Long>> waiting =
                    CompletableFuture.supplyAsync(() -> longs(peer.stream("s", "rows", 1)));
            assertThat(waiting).isNotDone();
            second.close();
            assertThat(Await.result("the stream that waited", waiting)).containsExactly(1L);
            assertThat(first.await(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void aLaneThatCannotBeOpenedIsNoHang() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                TestNode own = TestNode.start(erlang.cookie(), SETTINGS)) {
            Peer remote = own.peer(mortal);
            mortal.compile(MODULE);
            ReplyStream open = remote.stream("s", "silent", Atom.of("cut"));
            Iterator<Reply> rows = open.iterator();
            rows.next();
            mortal.kill();
            assertThatThrownBy(rows::hasNext).isInstanceOf(ConnectionLost.class);
            NotConnected e = catchThrowableOfType(NotConnected.class, () -> remote.stream("s", "rows", 1));
            assertThat(e).hasMessageContaining(mortal.nodeName());
            assertThat(own.link(mortal).lanes().inUse()).isZero();
        }
    }

    @Test
    void theModuleOfTheReleaseIsEnough() throws Exception {
        BulkSettings unhelped = BulkSettings.DEFAULT.withLanes(1);
        try (ErlangPeer plain = ErlangPeer.with().cookie(erlang.cookie()).start();
                TestNode own = TestNode.start(erlang.cookie(), unhelped)) {
            plain.compile(MODULE);
            Peer remote = own.peer(plain);
            assertThatThrownBy(() -> remote.stream("s", "rows", 2))
                    .isInstanceOf(RemoteError.class)
                    .hasMessageContaining("undef");
            plain.compile(ModuleLoader.source("pier_stream"));
            assertThat(longs(remote.stream("s", "rows", 2))).containsExactly(1L, 2L);
        }
    }

    @Test
    void aLaneIsClosedWhenIdle() throws Exception {
        BulkSettings brief = SETTINGS.withLanes(1).withIdle(Duration.ofMillis(50));
        try (TestNode own = TestNode.start(erlang.cookie(), brief)) {
            String lane = "'" + own.name().replace("@", "-bulk1@") + "'";
            try (ReplyStream stream = own.peer(erlang).stream("s", "silent", Atom.of("idle"))) {
                assertThat(stream.await(Duration.ofSeconds(10))).isTrue();
                assertThat(erlang.eval("lists:member(" + lane + ", nodes(hidden))"))
                        .isEqualTo("true");
            }
            Await.until(
                    "the lane to be closed",
                    () -> erlang.eval("lists:member(" + lane + ", nodes(hidden))")
                            .equals("false"));
            assertThat(longs(own.peer(erlang).stream("s", "rows", 2))).containsExactly(1L, 2L);
        }
    }

    @Test
    void aForgottenStreamIsClosedAndOneThatWaitsIsNot() throws Exception {
        BulkSettings brief = SETTINGS.withUnread(Duration.ofMillis(200));
        try (TestNode own = TestNode.start(erlang.cookie(), brief);
                LogCapture log = LogCapture.begin();
                ReplyStream waiting = own.peer(erlang).stream("s", "silent", Atom.of("awaited"))) {
            Iterator<Reply> rows = waiting.iterator();
            rows.next();
            CompletableFuture<Boolean> waits =
                    CompletableFuture.supplyAsync(() -> waiting.await(Duration.ofMinutes(1)));
            Iterator<Reply> forgotten =
                    own.peer(erlang).stream("s", "silent", Atom.of("forgotten")).iterator();
            Await.until("the end of the forgotten producer", () -> !isRunning("forgotten"));
            assertThatThrownBy(() -> {
                        forgotten.next();
                        forgotten.next();
                    })
                    .isInstanceOf(CallCancelled.class);
            assertThat(log.warnings("erlang.bulk.unread"))
                    .singleElement()
                    .asString()
                    .contains("s:silent/1");
            assertThat(isRunning("awaited")).isTrue();
            assertThat(waits).isNotDone();
        }
    }

    @Test
    void aLargeReplyIsLeftInTheMiddle() {
        for (int i = 0; i < 3; i++) {
            try (ReplyStream stream = peer.stream("s", "maps", 500_000)) {
                assertThat(stream.iterator().next().as(Row.class).id()).isEqualTo(1);
            }
        }
        assertThat(longs(peer.stream("s", "rows", 10))).hasSize(10);
    }

    @Test
    void aReaderThatFailsFreesItsLane() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the client has gone");
            }
        };
        assertThatThrownBy(() -> peer.stream("s", "endless", Atom.of("unread")).writeNdjson(gone))
                .hasMessage("the client has gone");
        Await.until("the end of the producer", () -> !isRunning("unread"));
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aSubscriberGetsWhatItAsksFor() {
        Collector collector = new Collector();
        peer.stream("s", "rows", 3000).publisher().subscribe(collector);
        Await.result("the end", collector.done);
        assertThat(collector.seen).hasSize(3000).isSorted();
        assertThat(lanesInUse()).isZero();
    }

    @Test
    void aSubscriberThatCancelsEndsTheProducer() {
        Collector collector = new Collector();
        peer.stream("s", "silent", Atom.of("cancelled")).publisher().subscribe(collector);
        Await.until("the first row", () -> collector.seen.size() == 1);
        collector.subscription.get().cancel();
        Await.until("the end of the producer", () -> !isRunning("cancelled"));
        Await.until("the lane to be free", () -> lanesInUse() == 0);
        assertThat(collector.done).isNotDone();
    }

    /// Requests one row after the other.
    private static final class Collector implements Flow.Subscriber<Reply> {
        final List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
            given.request(1);
        }

        @Override
        public void onNext(Reply row) {
            seen.add(row.as(long.class));
            subscription.get().request(1);
        }

        @Override
        public void onError(Throwable e) {
            done.completeExceptionally(e);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }

    @Test
    void aLaneThatIsNotReadLives() throws Exception {
        ConnectionSettings quick = new ConnectionSettings(
                Duration.ofSeconds(1),
                ConnectionSettings.DEFAULT.maxFrame(),
                ConnectionSettings.DEFAULT.fragments(),
                ConnectionSettings.DEFAULT.maxQueued(),
                ConnectionSettings.DEFAULT.decode());
        // The peer's net tick time is nearly the shortest, 4 seconds, in which this node ticks four times.
        try (ErlangPeer ticking =
                        ErlangPeer.with().cookie(erlang.cookie()).tickSeconds(4).start();
                TestNode own = TestNode.start(erlang.cookie(), quick, SETTINGS)) {
            ticking.compile(MODULE);
            Peer remote = own.peer(ticking);
            try (ReplyStream stream = remote.stream("s", "greedy", Atom.of("greedy"))) {
                Iterator<Reply> rows = stream.iterator();
                rows.next();
                long until = System.nanoTime() + Duration.ofSeconds(7).toNanos();
                Await.until("time to pass", () -> System.nanoTime() > until);
                for (int i = 0; i < 20_000; i++) {
                    rows.next();
                }
            }
        }
    }
}
