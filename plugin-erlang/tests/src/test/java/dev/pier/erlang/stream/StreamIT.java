package dev.pier.erlang.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.MalformedTerm;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.Peer;
import dev.pier.erlang.RemoteError;
import dev.pier.erlang.RemoteExit;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.call.ModuleLoader;
import dev.pier.erlang.credit.StreamBudget;
import dev.pier.erlang.link.BulkSettings;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.ErlangPeer;
import dev.pier.erlang.testing.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// Streams that share the connection to the peer.
class StreamIT extends AbstractStreamTests {
    StreamIT() {
        super(ModuleLoader.source("pier_stream"));
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
    void slowReadersCostAQuickOneNothing() {
        List<ReplyStream> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                ReplyStream stream = i % 2 == 0
                        ? peer.stream("s", "endless", Atom.of("slow" + i))
                        : peer.stream("s", "maps", 100_000);
                slow.add(stream);
                stream.iterator().next();
            }
            assertThat(longs(patient(Duration.ofSeconds(2)).stream("s", "rows", 5000)))
                    .hasSize(5000);
            assertThat(node.link(erlang).lanes().inUse()).isZero();
            // None of them has a larger window.
            assertThat(node.runtime().streams().extra()).isZero();
        } finally {
            slow.forEach(ReplyStream::close);
        }
        assertThat(openStreams()).isZero();
        assertThat(node.runtime().streams().streams()).isZero();
        assertThat(node.runtime().streams().extra()).isZero();
    }

    @Test
    void aShortStreamNeedsNoFurtherCredit() {
        // Nothing is read, so nothing is granted.
        try (ReplyStream short16 = peer.stream("s", "named_rows", Atom.of("short16"), 16);
                ReplyStream longer = peer.stream("s", "named_rows", Atom.of("longer"), 17)) {
            Await.until("the end of the short one", () -> !isRunning("short16"));
            Await.until(
                    "the wait of the longer one",
                    () -> erlang.eval("process_info(whereis(longer), status)").equals("{status,waiting}"));
            assertThat(longs(short16)).hasSize(16);
            assertThat(longs(longer)).hasSize(17);
            Await.until("the end of the longer one", () -> !isRunning("longer"));
        }
    }

    @Test
    void aSenderThatTakesMuchCreditByItselfEndsItsStream() {
        assertThatThrownBy(() -> peer.stream("s", "boastful")).hasMessageContaining("a credit of 1000000 rows");
        assertThat(longs(peer.stream("s", "rows", 3))).hasSize(3);
    }

    @Test
    void aSenderWithoutCreditEndsItsOwnStreamOnly() {
        try (ReplyStream stream = peer.stream("s", "greedy", Atom.of("greedy"));
                ReplyStream other = peer.stream("s", "rows", 3)) {
            Iterator<Reply> rows = stream.iterator();
            rows.next();
            Await.until("the end of the producer", () -> !isRunning("greedy"));
            assertThatThrownBy(() -> {
                        while (rows.hasNext()) {
                            rows.next();
                        }
                    })
                    .isInstanceOf(MalformedTerm.class)
                    .hasMessageContaining("without credit")
                    .hasMessageContaining("erlang.bulk.window");
            assertThat(longs(other)).containsExactly(1L, 2L, 3L);
        }
        assertThat(openStreams()).isZero();
    }

    @Test
    void aRowMayBeLargerThanTheWindowButNotThanTheMemoryForAll() throws Exception {
        try (TestNode own = TestNode.start(erlang.cookie(), SETTINGS.withBytes(4 << 20))) {
            Peer remote = own.peer(erlang);
            List<Integer> sizes = new ArrayList<>();
            for (Reply row : remote.stream("s", "large_rows", List.of(900_000, 10, 900_000))) {
                sizes.add(row.as(byte[].class).length);
            }
            assertThat(sizes).containsExactly(900_000, 10, 900_000);
            ReplyStream tooLarge = remote.stream("s", "large_rows", List.of(10, 3_000_000));
            assertThatThrownBy(() -> tooLarge.forEach(row -> row.as(byte[].class)))
                    .isInstanceOf(MalformedTerm.class)
                    .hasMessageContaining("erlang.bulk.bytes");
            assertThat(own.runtime().streams().extra()).isZero();
        }
    }

    @Test
    void aStreamBeyondTheBoundIsRefusedAtOnce() throws Exception {
        try (TestNode own = TestNode.start(erlang.cookie(), SETTINGS.withBytes(16 * StreamBudget.FIRST_WINDOW))) {
            Peer remote = own.peer(erlang);
            List<ReplyStream> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(remote.stream("s", "silent", Atom.of("bound" + i)));
            }
            assertThatThrownBy(() -> remote.stream("s", "rows", 1))
                    .isInstanceOfSatisfying(
                            Overloaded.class, e -> assertThat(e.maybeExecuted()).isFalse())
                    .hasMessageContaining("4 are open")
                    .hasMessageContaining("erlang.bulk.bytes");
            assertThat(remote.call("s", "echo", 1).as(int.class)).isEqualTo(1);
            open.removeFirst().close();
            assertThat(longs(remote.stream("s", "rows", 1))).containsExactly(1L);
            open.forEach(ReplyStream::close);
        }
    }

    @Test
    void oneClientCannotTakeAllStreams() throws Exception {
        oneClientMayHaveTwoStreams(SETTINGS.withPerClient(2), "erlang.bulk.streams-per-client");
    }

    @Test
    void theWindowOfAQuickReaderGrows() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong extra = new AtomicLong();
        try (ReplyStream stream = peer.stream("s", "blob", 30_000_000)) {
            stream.writeBytes(new OutputStream() {
                @Override
                public void write(int b) {
                    bytes.write(b);
                }

                @Override
                public void write(byte[] source, int offset, int length) {
                    bytes.write(source, offset, length);
                    extra.accumulateAndGet(node.runtime().streams().extra(), Math::max);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(bytes.size()).isEqualTo(30_000_000);
        assertThat(extra.get()).isBetween(64L << 10, 1L << 20);
        assertThat(node.runtime().streams().extra()).isZero();
    }

    @Test
    void aLargeAnswerWaitsForItsReader() {
        try (ReplyStream stream = peer.stream("s", "named_maps", Atom.of("waits"), 300_000)) {
            Iterator<Reply> rows = stream.iterator();
            rows.next();
            awaitStandstill("waits", "waiting");
            int read = 1;
            while (rows.hasNext()) {
                rows.next();
                read++;
            }
            assertThat(read).isEqualTo(300_000);
        }
        Await.until("the end of the process", () -> !isRunning("waits"));
    }

    @Test
    void aProcessThatDiesInTheMiddleOfItsAnswerEndsTheStream() {
        try (ReplyStream stream = peer.stream("s", "named_maps", Atom.of("dying"), 300_000)) {
            Iterator<Reply> rows = stream.iterator();
            rows.next();
            awaitStandstill("dying", "waiting");
            erlang.eval("exit(whereis(dying), kill)");
            assertThatThrownBy(() -> {
                        while (rows.hasNext()) {
                            rows.next();
                        }
                    })
                    .isInstanceOfSatisfying(
                            RemoteExit.class, e -> assertThat(e.isSignal()).isTrue());
        }
    }
}
