package dev.pier.erlang.servlet.socket;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.servlet.Upload;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A WebSocket whose frames are the rows of a stream in one direction, and an upload in the other: that of a mount.
/// `pier_mount.erl` describes both. Not for applications.
///
/// Frames are sent one by one, each when the client has taken the one before, so a slow client slows the producer.
///
/// *Threads.* A virtual thread sends; the container's threads receive, and wait while Erlang does not read.
///
/// *Lifecycle.* [#accept] hands the stream over. It ends with the socket: Erlang gets a close frame, and has
/// [#CLOSE_TIMEOUT] to end then. If the stream ends first, the socket is closed with the code of its close frame, 1000
/// without one, or 1011 if the stream fails. [#discard] ends a socket that was not accepted.
public final class StreamSocket extends Endpoint {
    private static final Logger log = LoggerFactory.getLogger(StreamSocket.class);

    /// How long the handler in Erlang may take to end once the socket is closed.
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /// How long the close of the socket waits for the handler, which may be the last thing that a server waits for.
    private static final Duration ORDERLY_END = Duration.ofMillis(800);

    /// How long the container may take to open a socket whose handshake it has accepted.
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(30);

    /// SPEC: RFC 6455, section 5.5
    private static final int MAX_CONTROL_BYTES = 125;

    private static final Atom TEXT = Atom.of("text");
    private static final Atom BINARY = Atom.of("binary");
    private static final Atom PING = Atom.of("ping");
    private static final Atom PONG = Atom.of("pong");

    /// The frames that Erlang has not read yet.
    private final SocketFrames frames = new SocketFrames(this::probe);
    private final Upload upload;
    private final CompletableFuture<Session> opened = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;
    private volatile @Nullable ReplyStream stream;
    private volatile @Nullable Thread sender;

    /// A socket for a request that asks for one.
    public StreamSocket(ErlangNode node) {
        upload = Upload.of(frames, -1, node);
    }

    /// The client's frames, as an argument of the stream.
    public Upload upload() {
        return upload;
    }

    /// Ends a socket that was not accepted.
    public void discard() {
        frames.close();
        upload.close();
    }

    /// Answers the handshake, and sends the further rows of the stream as frames, if the container accepts it.
    ///
    /// @param headers of the response, checked
    /// @param rows the iterator of the stream
    /// @return whether the stream is now this socket's, which closes it
    /// @throws UnexpectedTerm if the application chooses a subprotocol that the client does not offer
    public boolean accept(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, List<String>> headers,
            ReplyStream from,
            Iterator<Reply> rows)
            throws IOException, ServletException {
        if (!(request.getServletContext().getAttribute(ServerContainer.class.getName())
                instanceof ServerContainer container)) {
            throw new UnexpectedTerm("the application accepts a WebSocket, but the server has none"
                    + " (websocket.enabled, or another container without jakarta.websocket)");
        }
        StreamHandshake handshake = new StreamHandshake(this, headers);
        handshake.check(request);
        ServerEndpointConfig config = ServerEndpointConfig.Builder.create(StreamSocket.class, "/")
                .configurator(handshake)
                .build();
        try {
            container.upgradeHttpToWebSocket(request, response, config, Map.of());
        } catch (DeploymentException e) {
            throw new ServletException(e);
        }
        if (!StreamHandshake.isAccepted(request, response)) {
            return false;
        }
        stream = from;
        Thread started = Thread.ofVirtual().name("mount-socket").unstarted(() -> run(from, rows));
        sender = started;
        started.start();
        return true;
    }

    // From Erlang to the client.

    private void run(ReplyStream from, Iterator<Reply> rows) {
        try (from) {
            Session session = opened.get(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            send(session, rows);
        } catch (ExecutionException | TimeoutException e) {
            log.debug("A WebSocket was not opened after its handshake: {}", e.toString());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
            discard();
        }
    }

    private void send(Session session, Iterator<Reply> rows) {
        try {
            boolean sending = true;
            while (rows.hasNext()) {
                Term row = rows.next().term();
                // After the end of the socket, the handler may send on until it has ended itself.
                sending = sending && trySend(session, row);
            }
            close(session, CloseReasons.of(CloseCodes.NORMAL_CLOSURE, ""));
        } catch (ErlangException e) {
            if (closed) {
                log.debug("The stream of a closed WebSocket has ended: {}", e.getMessage());
            } else {
                fail(session, e);
            }
        }
    }

    private boolean trySend(Session session, Term row) {
        try {
            send(session, row);
            return true;
        } catch (IOException | IllegalStateException e) {
            log.debug("A frame could not be sent: {}", e.toString());
            ended(CloseCodes.CLOSED_ABNORMALLY.getCode(), "");
            return false;
        }
    }

    private void send(Session session, Term row) throws IOException {
        if (row instanceof Tuple frame && frame.arity() == 2 && frame.get(1) instanceof Binary payload) {
            if (frame.is(TEXT, 2)) {
                session.getBasicRemote()
                        .sendText(
                                payload.utf8().orElseThrow(() -> UnexpectedTerm.inAnswer("a text frame is not UTF-8")));
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(payload.toByteArray());
            if (frame.is(BINARY, 2)) {
                session.getBasicRemote().sendBinary(bytes);
                return;
            }
            if (bytes.remaining() > MAX_CONTROL_BYTES) {
                throw UnexpectedTerm.inAnswer("a ping or pong has more than " + MAX_CONTROL_BYTES + " bytes");
            }
            if (frame.is(PING, 2)) {
                session.getBasicRemote().sendPing(bytes);
                return;
            }
            if (frame.is(PONG, 2)) {
                session.getBasicRemote().sendPong(bytes);
                return;
            }
        }
        if (!(row instanceof Tuple close && close.is(CloseReasons.CLOSE, 3))) {
            throw UnexpectedTerm.inAnswer("a row of a WebSocket is not a frame");
        }
        close(
                session,
                CloseReasons.chosen(close)
                        .orElseThrow(() -> UnexpectedTerm.inAnswer("a close frame has no code that may be sent")));
    }

    private void fail(Session session, ErlangException cause) {
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        String path = session.getRequestURI().getPath();
        log.atWarn()
                .addKeyValue("reference", reference)
                .addKeyValue("request", "WebSocket " + path)
                .addKeyValue("failure", cause)
                .log(
                        "Closing a WebSocket of {} with 1011 (reference {}): {}",
                        path,
                        reference,
                        String.valueOf(cause.getMessage()));
        close(session, CloseReasons.of(CloseCodes.UNEXPECTED_CONDITION, "reference " + reference));
    }

    private static void close(Session session, CloseReason reason) {
        try {
            session.close(reason);
        } catch (IOException | RuntimeException e) {
            log.debug("Closing a WebSocket failed: {}", e.toString());
        }
    }

    // From the client to Erlang.

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        session.addMessageHandler(String.class, text -> add(SocketFrames.TEXT, StandardCharsets.UTF_8.encode(text)));
        session.addMessageHandler(ByteBuffer.class, bytes -> add(SocketFrames.BINARY, bytes));
        session.addMessageHandler(PongMessage.class, pong -> add(SocketFrames.PONG, pong.getApplicationData()));
        boolean _ = opened.complete(session);
    }

    private void add(int opcode, ByteBuffer payload) {
        try {
            frames.add(opcode, payload);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Shows whether the client is still there, while nothing is read from it.
    private void probe() {
        Session session = opened.getNow(null);
        try {
            if (session != null && session.isOpen()) {
                session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
                return;
            }
        } catch (IOException | RuntimeException e) {
            log.debug("A client has left while its frames waited: {}", e.toString());
        }
        ended(CloseCodes.CLOSED_ABNORMALLY.getCode(), "");
    }

    @Override
    public void onError(Session session, Throwable cause) {
        log.debug("A WebSocket has failed: {}", cause.toString());
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        ended(reason.getCloseCode().getCode(), Objects.requireNonNullElse(reason.getReasonPhrase(), ""));
        if (Thread.currentThread().equals(sender)) {
            return;
        }
        try {
            // A server that stops ends all streams once its sockets are closed.
            boolean _ = ended.await(ORDERLY_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void ended(int code, String text) {
        closed = true;
        frames.end(code, text);
        ReplyStream running = stream;
        if (running != null) {
            Thread _ = Thread.ofVirtual().name("mount-socket-end").start(() -> awaitEnd(running));
        }
    }

    private void awaitEnd(ReplyStream running) {
        try {
            if (!ended.await(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.debug(
                        "The handler of a closed WebSocket goes on: killing it after {} s", CLOSE_TIMEOUT.toSeconds());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            running.close();
        }
    }
}
