package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.pier.erlang.CallCancelled;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.connection.ConnectionSettings;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.LogCapture;
import dev.pier.erlang.testing.TestNode;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Streams over lanes, as with peers whose `pier_stream` is older than Pier, or that have none.
class LaneStreamIT extends AbstractStreamTests {
    LaneStreamIT() {
        super(ModuleLoader.source("pier_stream").replaceFirst("(?m)^version\\(\\) -> \\d+\\.$", "version() -> 1."));
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
    void anUnreadStreamGivesItsLaneToOneThatWaits() throws Exception {
        BulkSettings strict = SETTINGS.withStall(Duration.ofMillis(300));
        try (TestNode own = TestNode.start(erlang.cookie(), strict);
                LogCapture log = LogCapture.begin()) {
            Peer remote = own.peer(erlang);
            Iterator<Reply> unread =
                    remote.stream("s", "endless", Atom.of("unread")).iterator();
            unread.next();
            ReplyStream read = remote.stream("s", "endless", Atom.of("read"));
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
                for (Reply _ : read) {
                    if (over.get()) {
                        return;
                    }
                }
            });
            assertThat(longs(remote.stream("s", "rows", 3))).containsExactly(1L, 2L, 3L);
            Await.until("the end of the unread producer", () -> !isRunning("unread"));
            assertThatThrownBy(() -> {
                        unread.next();
                        unread.next();
                    })
                    .isInstanceOf(CallCancelled.class);
            assertThat(log.warnings("erlang.bulk.stall"))
                    .singleElement()
                    .asString()
                    .contains("s:endless/1");
            assertThat(isRunning("read")).isTrue();
            assertThat(reading).isNotDone();
            over.set(true);
            Await.result("the reader", reading);
            read.close();
        }
    }

    @Test
    void oneClientCannotTakeAllLanes() throws Exception {
        oneClientMayHaveTwoStreams(SETTINGS.withLanes(3), "erlang.bulk.lanes");
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
            prepare(ticking);
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
}
