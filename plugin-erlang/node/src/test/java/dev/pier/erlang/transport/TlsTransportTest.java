package dev.pier.erlang.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.dist.ProtocolViolation;
import dev.pier.erlang.testing.Await;
import dev.pier.erlang.testing.TestTls;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTransportTest {
    private static final TestTls FILES = TestTls.create();

    private TlsScene scene;

    @SuppressWarnings("NullAway.Init")
    private Transport a;

    @SuppressWarnings("NullAway.Init")
    private Transport b;

    @BeforeEach
    void open() throws IOException {
        scene = new TlsScene();
    }

    @AfterEach
    void close() throws IOException {
        scene.close();
        if (a != null) {
            a.close();
            b.close();
        }
    }

    private void connect(String version) throws IOException {
        Tls tls = Tls.load(TlsScene.settings(FILES.withVersions(version)));
        FutureTask<TlsScene.End> accepted = scene.accept(tls);
        a = TlsScene.result(scene.connect(tls)).open().transport();
        b = TlsScene.result(accepted).open().transport();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void write(Transport transport, ByteBuffer all) throws IOException {
        transport.writeWhatFits(all);
        while (all.hasRemaining()) {
            transport.awaitRoom();
            transport.writeWhatFits(all);
        }
    }

    /// @param room of each read
    private static byte[] read(Transport transport, int length, int room) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        ByteBuffer part = ByteBuffer.allocateDirect(room);
        while (all.hasRemaining()) {
            part.clear();
            assertThat(transport.read(part)).isPositive().isEqualTo(part.position());
            all.put(part.flip());
        }
        return all.array();
    }

    private static String text(Transport transport, int length) throws IOException {
        return new String(read(transport, length, 100), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void bothSidesReadWhatTheOtherWrote(String version) throws IOException {
        connect(version);
        write(a, bytes("to b"));
        write(b, bytes("to a"));
        assertThat(text(b, 4)).isEqualTo("to b");
        assertThat(text(a, 4)).isEqualTo("to a");
        assertThat(a.tls()).isNotNull().satisfies(info -> {
            assertThat(info.protocol()).isEqualTo(version);
            assertThat(info.cipher()).contains("_GCM_");
            assertThat(info.peerSubject()).isEqualTo("CN=node");
            assertThat(info.peerExpires()).isEqualTo(info.ownExpires());
        });
        assertThat(b.tls())
                .isNotNull()
                .satisfies(info -> assertThat(info.peerSubject()).isEqualTo("CN=node"));
    }

    /// The reader's buffer may be smaller than a record, and any size.
    @ParameterizedTest
    @CsvSource({"TLSv1.2, 100", "TLSv1.3, 100", "TLSv1.3, 4096", "TLSv1.2, 65536", "TLSv1.3, 65536"})
    void muchIsReadAsItWasWritten(String version, int room) throws Exception {
        connect(version);
        byte[] much = new byte[3_000_017];
        new Random(room).nextBytes(much);
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                read.complete(read(b, much.length, room));
            } catch (Throwable e) {
                read.completeExceptionally(e);
            }
        });
        // In pieces around the sizes of a record and of the buffer for records.
        int[] pieces = {1, 16_384, 16_385, 65_536, 7, 200_000};
        int piece = 0;
        for (int at = 0; at < much.length; piece++) {
            int length = Math.min(pieces[piece % pieces.length], much.length - at);
            write(a, ByteBuffer.wrap(much, at, length));
            at += length;
        }
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(much);
    }

    /// The bytes of a record that has been encrypted and not been written do not count as written.
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void writingToAPeerThatDoesNotReadWaitsOnlyInAwaitRoom(String version) throws Exception {
        connect(version);
        byte[] content = new byte[32 << 20];
        new Random(1).nextBytes(content);
        ByteBuffer much = ByteBuffer.wrap(content);
        a.writeWhatFits(much);
        int left = much.remaining();
        assertThat(left).isPositive();
        a.writeWhatFits(much);
        assertThat(much.remaining()).isEqualTo(left);

        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                read.complete(read(b, content.length, 65_536));
            } catch (Throwable e) {
                read.completeExceptionally(e);
            }
        });
        write(a, much);
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(content);
    }

    @Test
    void anInterruptedThreadCanWrite() throws IOException {
        connect("TLSv1.3");
        Thread.currentThread().interrupt();
        try {
            a.writeWhatFits(bytes("a"));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        a.writeWhatFits(bytes("b"));
        assertThat(text(b, 2)).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void closingEndsTheStreamOfTheOther(String version) throws IOException {
        connect(version);
        write(a, bytes("last"));
        a.close();
        assertThat(text(b, 4)).isEqualTo("last");
        assertThat(b.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(b.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    /// As when a node is killed: frames have lengths, so nothing can be cut unnoticed.
    @Test
    void theEndOfTheSocketBetweenRecordsIsTheEndOfTheStream() throws IOException {
        connect("TLSv1.3");
        scene.connecting.shutdownOutput();
        assertThat(b.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void theEndOfTheSocketInsideARecordIsAFailure() throws IOException {
        connect("TLSv1.3");
        scene.connecting.write(ByteBuffer.wrap(new byte[] {23, 3, 3, 0, 100, 1, 2, 3}));
        scene.connecting.shutdownOutput();
        assertThatThrownBy(() -> b.read(ByteBuffer.allocate(1)))
                .isInstanceOf(EOFException.class)
                .hasMessage("stream ended inside a TLS record");
    }

    @Test
    void aForgedRecordIsAViolation() throws IOException {
        connect("TLSv1.3");
        ByteBuffer forged = ByteBuffer.allocate(5 + 100);
        forged.put(new byte[] {23, 3, 3, 0, 100}).rewind();
        scene.connecting.write(forged);
        assertThatThrownBy(() -> b.read(ByteBuffer.allocate(1)))
                .isInstanceOf(ProtocolViolation.class)
                .hasMessageContaining("invalid TLS record");
    }

    @Test
    void aRecordAboveTheBoundIsAViolationBeforeItArrives() throws IOException {
        connect("TLSv1.3");
        scene.connecting.write(ByteBuffer.wrap(new byte[] {23, 3, 3, (byte) 0xff, (byte) 0xff, 0}));
        assertThatThrownBy(() -> b.read(ByteBuffer.allocate(1))).isInstanceOf(ProtocolViolation.class);
    }

    @Test
    void readUpIsCompletedWhenAllHasBeenReturned() throws Exception {
        connect("TLSv1.3");
        write(a, bytes("before"));
        CompletableFuture<Void> readUp = b.readUp();
        assertThat(text(b, 6)).isEqualTo("before");
        assertThat(readUp).isNotDone();
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                int _ = b.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
                // The test has ended.
            }
        });
        readUp.get(10, TimeUnit.SECONDS);
        assertThat(reader.isAlive()).isTrue();
    }

    @Test
    void closingWakesTheReader() throws Exception {
        connect("TLSv1.3");
        CompletableFuture<Throwable> reading = new CompletableFuture<>();
        Thread reader = Thread.ofPlatform().daemon().start(() -> {
            try {
                int _ = a.read(ByteBuffer.allocate(10));
            } catch (Throwable e) {
                reading.complete(e);
            }
        });
        Await.until("the reader to wait", () -> reader.getState() == Thread.State.RUNNABLE);
        a.close();
        a.close();
        assertThat(reading.get(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThatThrownBy(a::awaitRoom).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> a.writeWhatFits(bytes("x"))).isInstanceOf(IOException.class);
    }
}
