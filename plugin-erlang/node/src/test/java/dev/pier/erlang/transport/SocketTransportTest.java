package dev.pier.erlang.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pier.erlang.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTransportTest {
    private SocketChannel peer;
    private SocketTransport transport;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            transport = new SocketTransport(SocketChannel.open(server.getLocalAddress()));
            peer = server.accept();
        }
    }

    @AfterEach
    void close() throws IOException {
        transport.close();
        peer.close();
    }

    private String readByPeer(int bytes) throws IOException {
        ByteBuffer read = ByteBuffer.allocate(bytes);
        while (read.hasRemaining() && peer.read(read) >= 0) {}
        return new String(read.array(), 0, read.position(), StandardCharsets.US_ASCII);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The interrupt would close a blocking channel for all threads.
    @Test
    void anInterruptedThreadCanWrite() throws IOException {
        Thread.currentThread().interrupt();
        try {
            transport.writeWhatFits(bytes("a"));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        transport.writeWhatFits(bytes("b"));
        assertThat(readByPeer(2)).isEqualTo("ab");
    }

    @Test
    void writingToAPeerThatDoesNotReadWaitsOnlyInAwaitRoom() throws Exception {
        ByteBuffer much = ByteBuffer.allocate(64 << 20);
        transport.writeWhatFits(much);
        assertThat(much.hasRemaining()).isTrue();
        int left = much.remaining();
        transport.writeWhatFits(much);

        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                while (much.hasRemaining()) {
                    transport.awaitRoom();
                    transport.writeWhatFits(much);
                }
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        assertThat(left).isPositive();
        assertThat(readByPeer(64 << 20)).hasSize(64 << 20);
        writing.get();
    }

    /// Bytes that had arrived use up the wake-up of the reader.
    @Test
    void readUpIsCompletedWhenAllHasBeenReturned() throws Exception {
        peer.write(bytes("before"));
        CompletableFuture<Void> readUp = transport.readUp();
        ByteBuffer read = ByteBuffer.allocate(10);
        while (read.position() < 6) {
            transport.read(read);
        }
        assertThat(readUp).isNotDone();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                transport.read(read);
            } catch (IOException e) {
                // The test has ended.
            }
        });
        readUp.get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingWakesTheReader(boolean virtual) throws Exception {
        CompletableFuture<Throwable> reading = new CompletableFuture<>();
        Thread reader = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
            try {
                transport.read(ByteBuffer.allocate(10));
            } catch (Throwable e) {
                reading.complete(e);
            }
        });
        Await.until(
                "the reader to wait",
                Duration.ofSeconds(10),
                () -> reader.getState() == Thread.State.WAITING || reader.getState() == Thread.State.RUNNABLE);
        transport.close();
        assertThat(reading.get()).isInstanceOf(IOException.class);
        assertThatThrownBy(transport::awaitRoom).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> transport.writeWhatFits(bytes("x"))).isInstanceOf(IOException.class);
        assertThat(peer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }
}
