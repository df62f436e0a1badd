package dev.pier.erlang.servlet.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// The client of a WebSocket. It reads on its own, or only as told.
public final class Browser implements WebSocket.Listener, AutoCloseable {
    private final List<String> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private final boolean reads;
    private final WebSocket socket;
    private CompletableFuture<WebSocket> last;

    /// How the socket was closed.
    ///
    /// @param code 1006 if the connection was lost
    public record Closed(int code, String reason) {}

    private Browser(HttpClient client, URI address, boolean reads, String... subprotocols) {
        this.reads = reads;
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(20));
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        this.socket = Await.result("the handshake", builder.buildAsync(address, this));
        this.last = CompletableFuture.completedFuture(socket);
    }

    public static Browser open(HttpClient client, URI address, String... subprotocols) {
        return new Browser(client, address, true, subprotocols);
    }

    /// One that reads nothing until [#readAll].
    public static Browser lazy(HttpClient client, URI address) {
        return new Browser(client, address, false);
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reads) {
            opened.request(Long.MAX_VALUE);
        }
    }

    public void readAll() {
        socket.request(Long.MAX_VALUE);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            frames.add(part.toString());
            part.setLength(0);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        part.append(StandardCharsets.ISO_8859_1.decode(data));
        if (last) {
            frames.add("binary " + part);
            part.setLength(0);
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        if (data.hasRemaining()) {
            frames.add("pong " + StandardCharsets.ISO_8859_1.decode(data));
        }
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(new Closed(code, reason));
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closed.complete(new Closed(1006, String.valueOf(failure)));
    }

    public void say(String text) {
        WebSocket _ = Await.result("the frame sent", socket.sendText(text, true));
    }

    /// Sends a message in fragments of one character, with a ping in between.
    public void sayInFragments(String text) {
        for (int i = 0; i < text.length(); i++) {
            WebSocket _ = Await.result(
                    "the fragment sent", socket.sendText(text.substring(i, i + 1), i == text.length() - 1));
            WebSocket _ = Await.result("the ping sent", socket.sendPing(ByteBuffer.allocate(0)));
        }
    }

    /// The subprotocol that the server has chosen; empty if none.
    public String subprotocol() {
        return socket.getSubprotocol();
    }

    public void ping(String text) {
        WebSocket _ =
                Await.result("the ping sent", socket.sendPing(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    /// Sends after what was sent before, without waiting for it.
    public void saySoon(String text) {
        last = last.thenCompose(_ -> socket.sendText(text, true));
    }

    public void sayBinary(byte... data) {
        WebSocket _ = Await.result("the frame sent", socket.sendBinary(ByteBuffer.wrap(data), true));
    }

    public void leave(int code) {
        WebSocket _ = Await.result("the close frame sent", socket.sendClose(code, "bye"));
    }

    /// Drops the connection, as a killed browser does.
    public void vanish() {
        socket.abort();
    }

    public List<String> frames() {
        return frames;
    }

    public void awaitFrames(String... expected) {
        Await.until(List.of(expected) + " in the browser", () -> frames.size() >= expected.length);
        assertThat(frames).containsExactly(expected);
    }

    public Closed awaitClosed() {
        return Await.result("the close of the socket", closed);
    }

    public boolean isOpen() {
        return !closed.isDone();
    }

    @Override
    public void close() {
        socket.abort();
    }
}
