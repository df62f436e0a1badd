package dev.pier.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// HTTP connections that have each received three responses and stay open, or WebSockets.
public final class Idle implements Closeable {
    /// Files that this process needs for other purposes.
    private static final int OTHER_FILES = 200;

    /// A server may keep more of a client that comes again.
    private static final int REQUESTS = 3;

    /// The headers that make a request a handshake.
    private static final String HANDSHAKE = """
            Connection: Upgrade\r
            Upgrade: websocket\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            """;

    private final List<SocketChannel> connections = new ArrayList<>();

    private Idle() {}

    /// Opens a number of connections, limited by the open files that the system permits for this process.
    public static Idle open(URI page, int wanted) throws IOException {
        return open(page, wanted, "");
    }

    /// The same for WebSockets.
    public static Idle sockets(URI endpoint, int wanted) throws IOException {
        return open(endpoint, wanted, HANDSHAKE);
    }

    /// The request for a WebSocket.
    static String handshake(URI endpoint) {
        return request(endpoint, HANDSHAKE);
    }

    private static String request(URI page, String headers) {
        String query = page.getRawQuery() == null ? "" : "?" + page.getRawQuery();
        return "GET " + page.getRawPath() + query + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    private static Idle open(URI page, int wanted, String headers) throws IOException {
        long limit =
                ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
        int count = (int) Math.min(wanted, limit - OTHER_FILES);
        byte[] request = request(page, headers).getBytes(US_ASCII);
        boolean isSocket = !headers.isEmpty();
        String expected = isSocket ? "HTTP/1.1 101 " : "HTTP/1.1 200 ";
        ByteBuffer answer = ByteBuffer.allocate(4096);
        Idle idle = new Idle();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(page.getHost(), page.getPort()));
            idle.connections.add(channel);
            for (int exchange = 0; exchange < (isSocket ? 1 : REQUESTS); exchange++) {
                channel.write(ByteBuffer.wrap(request));
                if (channel.read(answer.clear()) <= 0) {
                    throw new IOException("connection " + i + " was closed without a response");
                }
                String status = US_ASCII.decode(answer.flip()).toString();
                if (!status.startsWith(expected)) {
                    throw new IOException("connection " + i + " got " + status);
                }
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
