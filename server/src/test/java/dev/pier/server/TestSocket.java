package dev.pier.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A WebSocket of a test, opened with the JDK's client.
final class TestSocket implements WebSocket.Listener, AutoCloseable {
    /// The end of a connection without a close frame.
    static final int LOST = 1006;

    /// @param reason what the peer said, or the cause of a loss
    record Close(int code, String reason) {}

    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Close> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;

    private TestSocket(HttpClient client, URI uri, Consumer<WebSocket.Builder> options) {
        WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
        options.accept(builder);
        this.socket = builder.buildAsync(uri, this).join();
    }

    static TestSocket open(TestServer server, String path) {
        return open(server, path, _ -> {});
    }

    static TestSocket open(TestServer server, String path, Consumer<WebSocket.Builder> options) {
        return new TestSocket(
                server.client(), URI.create("ws" + server.at(path).toString().substring(4)), options);
    }

    /// The status of a handshake that must be refused.
    static int refused(TestServer server, String path, Consumer<WebSocket.Builder> options) {
        try (TestSocket _ = open(server, path, options)) {
            throw new AssertionError("the socket was opened");
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refusal) {
                return refusal.getResponse().statusCode();
            }
            throw e;
        }
    }

    WebSocket socket() {
        return socket;
    }

    TestSocket send(String message) {
        socket.sendText(message, true).join();
        return this;
    }

    /// The next message.
    String next() throws InterruptedException {
        String message = messages.poll(30, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("no message within 30 s");
        }
        return message;
    }

    /// Waits until the socket is closed.
    Close closed() throws Exception {
        return closed.get(30, TimeUnit.SECONDS);
    }

    boolean isClosed() {
        return closed.isDone();
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        text.append(data);
        if (last) {
            messages.add(text.toString());
            text.setLength(0);
        }
        webSocket.request(1);
        return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        closed.complete(new Close(statusCode, reason));
        return CompletableFuture.completedStage(null);
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        closed.complete(new Close(LOST, String.valueOf(error)));
    }

    @Override
    public void close() {
        socket.abort();
    }
}
