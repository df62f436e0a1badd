package dev.pier.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Many WebSockets whose text messages begin with the time of their sending, read by one thread.
///
/// *Threads.* One thread opens and closes them; the figures can be read by all.
final class SocketReaders implements AutoCloseable {
    private static final int DIGITS = 20;
    private static final int BUFFER = 64 * 1024;

    private final URI url;
    private final Selector selector = Selector.open();
    private final List<SocketChannel> channels = new ArrayList<>();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /// The latencies since the last call of [#latencies]. Guarded by itself.
    private final List<Long> latencies = new ArrayList<>();

    private final Thread thread = Thread.ofPlatform().daemon().name("readers").unstarted(this::read);

    SocketReaders(URI url) throws IOException {
        this.url = url;
        thread.start();
    }

    /// A message of a size, which carries the current time.
    static String message(int size) {
        return ("%0" + DIGITS + "d").formatted(System.nanoTime()) + "x".repeat(size - DIGITS);
    }

    /// Opens a socket whose messages are read.
    void open() throws IOException {
        SocketChannel channel = handshake(url, BUFFER);
        channels.add(channel);
        channel.configureBlocking(false);
        selector.wakeup();
        channel.register(selector, SelectionKey.OP_READ, new Parser());
    }

    /// Opens a socket from which nothing is read.
    void openSilent() throws IOException {
        channels.add(handshake(url, 4096));
    }

    private static SocketChannel handshake(URI url, int receiveBuffer) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort()));
        channel.write(ByteBuffer.wrap(("GET " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII)));
        StringBuilder head = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (head.indexOf("\r\n\r\n") < 0) {
            if (channel.read(one.clear()) < 0) {
                throw new IOException("closed during the handshake: " + head);
            }
            head.append((char) one.get(0));
        }
        if (!head.toString().startsWith("HTTP/1.1 101 ")) {
            throw new IOException(head.toString());
        }
        return channel;
    }

    /// The messages that all readers together have received.
    long messages() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("the readers have failed", thrown);
        }
        return messages.get();
    }

    /// The sorted latencies in nanoseconds since the last call.
    List<Long> latencies() {
        synchronized (latencies) {
            List<Long> sorted = latencies.stream().sorted().toList();
            latencies.clear();
            return sorted;
        }
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        try {
            while (selector.isOpen()) {
                selector.select(1000);
                for (SelectionKey key : selector.selectedKeys()) {
                    if (((SocketChannel) key.channel()).read(buffer.clear()) < 0) {
                        throw new IOException("a reader was closed");
                    }
                    ((Parser) key.attachment()).parse(buffer.flip());
                }
                selector.selectedKeys().clear();
            }
        } catch (Throwable t) {
            if (selector.isOpen()) {
                failure.set(t);
            }
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    /// The state of one socket: frames of servers have no mask.
    private final class Parser {
        private final StringBuilder time = new StringBuilder();

        /// The bytes of the header that have been read, and then those of the payload that are missing.
        private final ByteBuffer header = ByteBuffer.allocate(4);

        private int missing;

        void parse(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                if (missing == 0) {
                    header.put(bytes.get());
                    int needed = header.position() < 2 ? 2 : (header.get(1) & 0x7f) == 126 ? 4 : 2;
                    if (header.position() == needed) {
                        missing = needed == 4 ? header.getShort(2) & 0xffff : header.get(1);
                        header.clear();
                        time.setLength(0);
                    }
                    continue;
                }
                while (time.length() < DIGITS && bytes.hasRemaining()) {
                    time.append((char) bytes.get());
                    missing--;
                }
                int skipped = Math.min(missing, bytes.remaining());
                bytes.position(bytes.position() + skipped);
                missing -= skipped;
                if (missing == 0) {
                    long latency = System.nanoTime() - Long.parseLong(time.toString());
                    synchronized (latencies) {
                        latencies.add(latency);
                    }
                    messages.incrementAndGet();
                }
            }
        }
    }
}
