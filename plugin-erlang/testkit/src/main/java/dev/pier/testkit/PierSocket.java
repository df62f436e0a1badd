package dev.pier.testkit;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// An open WebSocket of the client.
///
/// *Threads.* Safe for all threads.
public final class PierSocket implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    private final CompletableFuture<Close> closed = new CompletableFuture<>();
    private final WebSocket socket;

    /// How the server has closed the socket. Immutable.
    ///
    /// @param code 1006 if the connection was lost without a close frame
    public record Close(int code, String reason) {}

    private PierSocket(HttpClient http, URI address, String[] subprotocols) {
        WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(TIMEOUT);
        if (subprotocols.length > 0) {
            builder.subprotocols(subprotocols[0], Arrays.copyOfRange(subprotocols, 1, subprotocols.length));
        }
        try {
            socket = builder.buildAsync(address, new Listener()).join();
        } catch (CompletionException e) {
            throw new AssertionError("no WebSocket at " + address + ": " + e.getCause(), e);
        }
    }

    static PierSocket open(HttpClient http, URI address, String[] subprotocols) {
        return new PierSocket(http, address, subprotocols);
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                texts.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(new Close(code, reason));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.complete(new Close(1006, error.toString()));
        }
    }

    /// The subprotocol that the server has chosen; empty if none.
    public String subprotocol() {
        return socket.getSubprotocol();
    }

    /// Sends a text.
    public PierSocket send(String text) {
        socket.sendText(text, true).join();
        return this;
    }

    /// Sends a value as JSON.
    public PierSocket sendJson(Object value) {
        return send(PierClient.JSON.writeValueAsString(value));
    }

    /// The next text; waits for it up to 10 s.
    ///
    /// @throws AssertionError if none arrives
    public String next() {
        return next(TIMEOUT);
    }

    /// The next text.
    ///
    /// @param timeout how long to wait for it
    /// @throws AssertionError if none arrives in time
    public String next(Duration timeout) {
        try {
            String text = texts.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (text == null) {
                throw new AssertionError("no message within " + timeout.toMillis() + " ms"
                        + (closed.isDone() ? "; the server closed with " + closed.join() : ""));
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a message", e);
        }
    }

    /// Waits until the server has closed the socket.
    ///
    /// @throws AssertionError if it does not within 10 s
    public Close awaitClose() {
        try {
            return closed.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("the server has not closed the WebSocket within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the close", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Closes the socket with the code 1000.
    @Override
    public void close() {
        if (!socket.isOutputClosed()) {
            var _ = socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
        }
        socket.abort();
    }
}
