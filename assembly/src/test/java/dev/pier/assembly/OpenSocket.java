package dev.pier.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pier.erlang.testing.Await;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The socket of one of the sample's cards without a browser.
final class OpenSocket implements WebSocket.Listener, AutoCloseable {
    private final List<String> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Closed> closed = new CompletableFuture<>();
    private final StringBuilder part = new StringBuilder();
    private final WebSocket socket;

    /// How the socket was closed.
    record Closed(int code, String reason) {}

    private OpenSocket(RunningPier pier, String path) {
        URI address = pier.at(path);
        socket = Await.result(
                "the handshake",
                pier.client()
                        .newWebSocketBuilder()
                        .buildAsync(URI.create(address.toString().replaceFirst("^http", "ws")), this));
    }

    static OpenSocket of(RunningPier pier, String path) {
        return new OpenSocket(pier, path);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        part.append(data);
        if (last) {
            frames.add(part.toString());
            part.setLength(0);
        }
        from.request(1);
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

    /// Sends a frame.
    void send(String json) {
        WebSocket _ = Await.result("the frame sent", socket.sendText(json, true));
    }

    /// The frames received, oldest first.
    List<String> frames() {
        return frames;
    }

    /// Waits until a frame that has all these texts has been received.
    void await(String... texts) {
        Await.value(
                "a frame with " + String.join(", ", texts),
                () -> List.copyOf(frames),
                seen -> seen.stream().anyMatch(frame -> Stream.of(texts).allMatch(frame::contains)));
    }

    /// Forgets the frames received so far.
    void forget() {
        frames.clear();
    }

    /// Waits until the socket is closed from the other side.
    void awaitClosed(int code) {
        assertThat(Await.result("the close of the socket", closed).code()).isEqualTo(code);
    }

    /// Waits until the socket is closed from the other side with that reason.
    void awaitClosed(int code, String reason) {
        assertThat(Await.result("the close of the socket", closed)).isEqualTo(new Closed(code, reason));
    }

    /// Leaves as a browser does whose tab is closed.
    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            CompletableFuture<WebSocket> _ = socket.sendClose(1001, "").whenComplete((_, _) -> socket.abort());
        }
    }
}
