package dev.pier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/// A WebSocket of a test over a stream of HTTP/2 (RFC 8441). Jetty's WebSocket client can't be used here: its
/// HTTP layer still reads the stream right after the handshake, so a frame that comes early is lost now and then.
final class Http2Socket implements Stream.Listener {
    private static final int TEXT = 0x81;
    private static final int CLOSE = 0x88;
    private static final byte[] MASK = {1, 2, 3, 4};

    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private ByteBuffer received = ByteBuffer.allocate(0);
    private @Nullable Stream stream;

    private Http2Socket() {}

    /// A connection on which several sockets can be opened.
    static final class Connection implements AutoCloseable {
        private final HTTP2Client client = new HTTP2Client();
        private final InetSocketAddress address;
        private final Session session;

        Connection(TestServer server) throws Exception {
            address = new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.server().url().getPort());
            client.start();
            CompletableFuture<Boolean> connectProtocol = new CompletableFuture<>();
            session = client.connect(address, new Session.Listener() {
                        @Override
                        public void onSettings(Session session, SettingsFrame frame) {
                            connectProtocol.complete(Integer.valueOf(1)
                                    .equals(frame.getSettings().get(SettingsFrame.ENABLE_CONNECT_PROTOCOL)));
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
            assertThat(connectProtocol.get(30, TimeUnit.SECONDS))
                    .as("SETTINGS_ENABLE_CONNECT_PROTOCOL")
                    .isTrue();
        }

        Http2Socket open(String path) throws Exception {
            Http2Socket socket = new Http2Socket();
            MetaData.Request handshake = new MetaData.ConnectRequest(
                    HttpScheme.HTTP,
                    new HostPortHttpField(address.getAddress().getHostAddress(), address.getPort()),
                    path,
                    HttpFields.from(new HttpField(HttpHeader.SEC_WEBSOCKET_VERSION, "13")),
                    "websocket");
            socket.stream = session.newStream(new HeadersFrame(handshake, null, false), socket)
                    .get(30, TimeUnit.SECONDS);
            assertThat(socket.status.get(30, TimeUnit.SECONDS)).isEqualTo(200);
            return socket;
        }

        @Override
        public void close() {
            LifeCycle.stop(client);
        }
    }

    /// Sends a text and returns the next message.
    String ask(String text) throws Exception {
        send(text);
        String answer = messages.poll(30, TimeUnit.SECONDS);
        return answer == null ? "no answer, closed with " + closed.getNow(0) : answer;
    }

    void send(String text) {
        send(TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    void close(int code) {
        send(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /// Waits until the server has sent a close frame, and returns its code; 1006 if the stream ends without one.
    int closed() throws Exception {
        return closed.get(30, TimeUnit.SECONDS);
    }

    private void send(int head, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) head);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i % MASK.length]));
        }
        Stream open = Objects.requireNonNull(stream);
        open.data(new DataFrame(open.getId(), frame.flip(), false), Callback.NOOP);
    }

    @Override
    public void onHeaders(Stream stream, HeadersFrame frame) {
        status.complete(((MetaData.Response) frame.getMetaData()).getStatus());
        stream.demand();
    }

    @Override
    public void onDataAvailable(Stream stream) {
        Stream.Data data = stream.readData();
        if (data == null) {
            stream.demand();
            return;
        }
        ByteBuffer part = data.frame().getByteBuffer();
        received = ByteBuffer.allocate(received.remaining() + part.remaining())
                .put(received)
                .put(part)
                .flip();
        boolean last = data.frame().isEndStream();
        data.release();
        while (takeFrame()) {}
        if (last) {
            closed.complete(TestSocket.LOST);
        } else {
            stream.demand();
        }
    }

    private boolean takeFrame() {
        if (received.remaining() < 2) {
            return false;
        }
        int start = received.position();
        int head = received.get(start) & 0xff;
        int length = received.get(start + 1);
        int headSize = 2;
        if (length == 126) {
            if (received.remaining() < 4) {
                return false;
            }
            length = received.getShort(start + 2) & 0xffff;
            headSize = 4;
        }
        if (received.remaining() < headSize + length) {
            return false;
        }
        byte[] payload = new byte[length];
        received.position(start + headSize).get(payload);
        switch (head) {
            case TEXT -> messages.add(new String(payload, StandardCharsets.UTF_8));
            case CLOSE ->
                closed.complete(
                        length < 2 ? 1005 : (int) ByteBuffer.wrap(payload).getShort());
            default -> throw new IllegalStateException("A frame that this test does not expect: " + head);
        }
        return true;
    }

    @Override
    public void onReset(Stream stream, ResetFrame frame, Callback callback) {
        closed.complete(TestSocket.LOST);
        callback.succeeded();
    }

    @Override
    public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
        closed.complete(TestSocket.LOST);
        callback.succeeded();
    }
}
