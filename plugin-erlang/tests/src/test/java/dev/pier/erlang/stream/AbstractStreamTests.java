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
import org.junit.jupiter.api.TestInstance;

/// Streams from a real node: returned values while they arrive, and producers. The same for both ways that a stream
/// can take.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractStreamTests {
    static final BulkSettings SETTINGS = BulkSettings.DEFAULT.withLanes(2);
    static final String MODULE = """
            -module(s).
            -compile(export_all).
            -compile(nowarn_export_all).
            echo(X) -> X.
            fails(X) -> error(X).
            pid() -> self().
            maps(N) -> [#{id => I, name => <<"name">>, ok => true} || I <- lists:seq(1, N)].
            blob(N) -> binary:copy(<<"x">>, N).
            sleeps(Name) -> register(Name, self()), receive after infinity -> ok end.
            large_rows(Sizes) -> pier_stream:run(fun(Emit) -> [Emit(blob(N)) || N <- Sizes] end).
            named_maps(Name, N) -> register(Name, self()), maps(N).
            rows(N) -> pier_stream:run(fun(Emit) -> [Emit(I) || I <- lists:seq(1, N)], done end).
            named_rows(Name, N) -> register(Name, self()), rows(N).
            boastful() ->
                {parent, To} = process_info(self(), parent),
                To ! {pier_stream, 1, make_ref(), {1000000, 1000000}},
                receive after infinity -> ok end.
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

    private final String streamModule;
    ErlangPeer erlang;
    TestNode node;
    Peer peer;

    /// @param streamModule the source of `pier_stream` on the peer
    AbstractStreamTests(String streamModule) {
        this.streamModule = streamModule;
    }

    @BeforeAll
    void start() throws IOException {
        erlang = ErlangPeer.start();
        node = TestNode.start(erlang.cookie(), SETTINGS);
        peer = node.peer(erlang).with(new CallOptions(Duration.ofSeconds(30)));
        prepare(erlang);
    }

    @AfterAll
    void stop() {
        node.close();
        erlang.close();
    }

    void prepare(ErlangPeer other) {
        other.compile(streamModule);
        other.compile(MODULE);
    }

    Peer patient(Duration timeout) {
        return peer.with(new CallOptions(timeout));
    }

    int openStreams() {
        return node.link(erlang).lanes().streams();
    }

    boolean isRunning(String name) {
        return !erlang.eval("whereis(" + name + ")").equals("undefined");
    }

    static String json(ReplyStream stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        stream.writeJson(out);
        return out.toString(StandardCharsets.UTF_8);
    }

    static List<Long> longs(Iterable<Reply> replies) {
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
    }

    /// Waits until a process has stopped while calls go on. It pauses several times while the buffers on the
    /// way fill up, and stops when they are full.
    void awaitStandstill(String name, String status) {
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
        assertThat(openStreams()).isZero();
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
        assertThat(openStreams()).isZero();
    }

    @Test
    void aPeerThatIsGoneIsNoHang() throws Exception {
        try (ErlangPeer mortal = ErlangPeer.with().cookie(erlang.cookie()).start();
                TestNode own = TestNode.start(erlang.cookie(), SETTINGS)) {
            Peer remote = own.peer(mortal);
            prepare(mortal);
            ReplyStream open = remote.stream("s", "silent", Atom.of("cut"));
            Iterator<Reply> rows = open.iterator();
            rows.next();
            mortal.kill();
            assertThatThrownBy(rows::hasNext).isInstanceOf(ConnectionLost.class);
            NotConnected e = catchThrowableOfType(NotConnected.class, () -> remote.stream("s", "rows", 1));
            assertThat(e).hasMessageContaining(mortal.nodeName());
            assertThat(own.link(mortal).lanes().streams()).isZero();
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
    void aReaderThatFailsEndsItsProducer() {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("the client has gone");
            }
        };
        assertThatThrownBy(() -> peer.stream("s", "endless", Atom.of("unread")).writeNdjson(gone))
                .hasMessage("the client has gone");
        Await.until("the end of the producer", () -> !isRunning("unread"));
        assertThat(openStreams()).isZero();
    }

    @Test
    void aSubscriberGetsWhatItAsksFor() {
        Collector collector = new Collector();
        peer.stream("s", "rows", 3000).publisher().subscribe(collector);
        Await.result("the end", collector.done);
        assertThat(collector.seen).hasSize(3000).isSorted();
        assertThat(openStreams()).isZero();
    }

    @Test
    void aSubscriberThatCancelsEndsTheProducer() {
        Collector collector = new Collector();
        peer.stream("s", "silent", Atom.of("cancelled")).publisher().subscribe(collector);
        Await.until("the first row", () -> collector.seen.size() == 1);
        collector.subscription.get().cancel();
        Await.until("the end of the producer", () -> !isRunning("cancelled"));
        Await.until("the stream to be over", () -> openStreams() == 0);
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

    /// With these settings, one client may have two streams, and another one has room beside it.
    ///
    /// @param setting is named by the exception for a third stream
    void oneClientMayHaveTwoStreams(BulkSettings settings, String setting) throws Exception {
        AtomicReference<String> client = new AtomicReference<>("a");
        try (TestNode own = TestNode.start(TestNode.builder(erlang.cookie())
                .link(TestNode.LINK.withBulk(settings))
                .clients(client::get))) {
            Peer remote = own.peer(erlang);
            ReplyStream first = remote.stream("s", "silent", Atom.of("client1"));
            ReplyStream second = remote.stream("s", "silent", Atom.of("client2"));
            assertThatThrownBy(() -> remote.stream("s", "rows", 1))
                    .isInstanceOf(Overloaded.class)
                    .hasMessageContaining(setting);
            client.set("b");
            assertThat(longs(remote.stream("s", "rows", 1))).containsExactly(1L);
            client.set("a");
            first.close();
            assertThat(longs(remote.stream("s", "rows", 1))).containsExactly(1L);
            second.close();
        }
    }
}
