package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// HTTP connections that have had one answer each and stay open.
public final class Idle implements AutoCloseable {
    /// What this process itself has open.
    private static final int OWN_FILES = 200;

    private final List<SocketChannel> connections = new ArrayList<>();

    private Idle() {}

    /// Opens that many, or as many as this process may open files.
    public static Idle open(URI page, int wanted) throws IOException {
        long limit = ((com.sun.management.UnixOperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getMaxFileDescriptorCount();
        int count = (int) Math.min(wanted, limit - OWN_FILES);
        byte[] request = ("GET " + page.getRawPath() + "?" + page.getRawQuery()
                        + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(US_ASCII);
        ByteBuffer answer = ByteBuffer.allocate(4096);
        Idle idle = new Idle();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(page.getHost(), page.getPort()));
            idle.connections.add(channel);
            channel.write(ByteBuffer.wrap(request));
            if (channel.read(answer.clear()) <= 0) {
                throw new IOException("connection " + i + " was closed without an answer");
            }
        }
        return idle;
    }

    public int count() {
        return connections.size();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel connection : connections) {
            connection.close();
        }
    }
}
