package dev.pier.erlang.servlet.socket;

import dev.pier.erlang.AsTuple;
import dev.pier.erlang.BadBody;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.ErlangProcess;
import dev.pier.erlang.GenServer;
import dev.pier.erlang.JsonText;
import dev.pier.erlang.Message;
import dev.pier.erlang.NotConnected;
import dev.pier.erlang.Overloaded;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Pid;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process behind an [ErlangSocket]: makes frames of its messages, and messages of the browser's frames.
///
/// *Threads.* The process's own thread makes frames; the container's thread of the session makes messages, and waits
/// while there is no credit.
///
/// *Lifecycle.* The first cause of the end decides the close code: [#chosen] if this side has chosen one, otherwise the
/// exit reason.
final class SocketProcess implements GenServer, Consumer<CloseReason> {
    private static final Logger log = LoggerFactory.getLogger(SocketProcess.class);

    private static final Atom PIER_SOCKET = Atom.of("pier_socket");
    private static final Atom PIER_ACK = Atom.of("pier_ack");
    private static final Atom BADARG = Atom.of("badarg");
    private static final Atom NOCONNECTION = Atom.of("noconnection");

    private static final long OVERLOAD_PAUSE_MILLIS = 50;
    private static final int OVERLOAD_TRIES = 100;

    /// A frame of the browser as the server gets it: `{pier_socket, Pid, Term}`.
    ///
    /// @param content JSON text, which is encoded without a tree, or a binary
    @AsTuple
    private record Frame(Atom tag, Pid pid, Object content) {}

    private final Session session;
    private final ErlangNode node;
    private final SocketOptions options;
    private final FrameQueue frames;
    private final InboundCredit credit;
    private final CountDownLatch connected = new CountDownLatch(1);

    private volatile @Nullable ErlangProcess self;
    private volatile @Nullable Pid server;
    private volatile @Nullable CloseReason chosen;

    private SocketProcess(Session session, ErlangNode node, SocketOptions options) {
        this.session = session;
        this.node = node;
        this.options = options;
        this.frames = new FrameQueue(session, options.queue());
        this.credit =
                new InboundCredit(options.credit(), options.acknowledged() ? null : this::serverKeepsUp, this::ping);
    }

    static SocketProcess start(Session session, ErlangNode node, SocketOptions options) {
        SocketProcess process = new SocketProcess(session, node, options.in(session));
        String name = options.name();
        ErlangProcess started = name == null ? node.spawn(process) : node.register(name, process);
        try {
            session.addMessageHandler(String.class, process::text);
            session.addMessageHandler(ByteBuffer.class, process::binary);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        session.getUserProperties().put(SocketProperties.CLOSED, process);
        OpenSockets.add(process);
        return process;
    }

    static Optional<SocketProcess> of(Session session) {
        return session.getUserProperties().get(SocketProperties.CLOSED) instanceof SocketProcess process
                ? Optional.of(process)
                : Optional.empty();
    }

    ErlangProcess self() {
        return Objects.requireNonNull(self);
    }

    Session session() {
        return session;
    }

    @Override
    public void init(ErlangProcess started) {
        self = started;
        started.trapExit(true);
    }

    /// Connects the process with the server that gets the browser's frames.
    void connect(Pid joined) {
        // Before the monitor: its message may come at once, and is compared with the server.
        server = joined;
        try {
            if (options.linked()) {
                self().link(joined);
            } else {
                var _ = self().monitor(joined);
            }
            connected.countDown();
        } catch (ProcessEnded e) {
            log.debug("The socket was closed while it joined: {}", e.getMessage());
        }
    }

    // From Erlang to the browser.

    @Override
    public void handleCall(Message request, From from) throws IOException {
        if (!add(request, () -> from.reply(Atom.OK))) {
            from.fail(BADARG);
        }
    }

    @Override
    public void handleCast(Message request) throws IOException {
        if (options.acknowledged()
                && request.term() instanceof Tuple ack
                && ack.is(PIER_ACK, 2)
                && ack.get(1) instanceof IntegerTerm count) {
            credit.acknowledge(count.value());
        } else {
            boolean _ = add(request, () -> {});
        }
    }

    @Override
    public void handleInfo(Message message) throws IOException {
        if (message.exit().isPresent()) {
            self().end(message.exit().get().reason());
        } else if (message.down().isPresent() && message.down().get().process().equals(server)) {
            self().end(message.down().get().reason());
        } else {
            boolean _ = add(message, () -> {});
        }
    }

    private boolean add(Message message, Runnable sent) throws IOException {
        if (frames.add(frame(message, sent))) {
            return true;
        }
        shut(
                CloseCodes.TRY_AGAIN_LATER,
                "the browser does not read",
                "more than " + options.queue() + " bytes wait for it (websocket.queue, SocketOptions.queue)");
        return false;
    }

    private FrameQueue.Frame frame(Message message, Runnable sent) throws IOException {
        if (options.binary() && message.term() instanceof Binary binary) {
            byte[] bytes = binary.toByteArray();
            return new FrameQueue.Frame(null, ByteBuffer.wrap(bytes), bytes.length, sent);
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        message.writeJson(json);
        return new FrameQueue.Frame(json.toString(StandardCharsets.UTF_8), null, json.size(), sent);
    }

    // From the browser to Erlang.

    private void text(String json) {
        deliver(JsonText.of(json, node.jsonLimits()));
    }

    private void binary(ByteBuffer data) {
        if (!options.binary()) {
            shut(CloseCodes.CANNOT_ACCEPT, "binary frames are not accepted", "the socket takes text frames only");
            return;
        }
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        deliver(Binary.of(bytes));
    }

    private void deliver(Object content) {
        try {
            connected.await();
            if (!credit.take()) {
                return;
            }
            send(new Frame(PIER_SOCKET, self().self(), content));
        } catch (BadBody e) {
            // Erlang has got nothing: the frame is checked as it is encoded.
            boolean tooLarge = e.kind() == BadBody.Kind.TOO_LARGE;
            shut(
                    tooLarge ? CloseCodes.TOO_BIG : CloseCodes.NOT_CONSISTENT,
                    String.valueOf(e.getMessage()),
                    tooLarge ? "a frame exceeds erlang.json.bytes" : "a frame is not JSON");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ProcessEnded e) {
            log.debug("A frame came after the end of its process: {}", e.getMessage());
        } catch (NotConnected e) {
            log.debug("A frame could not be delivered: {}", e.getMessage());
            shut(CloseCodes.UNEXPECTED_CONDITION, "", e.getMessage());
        }
    }

    /// A queue to the peer that is full is back-pressure as well: nothing was sent, so the frame may be tried again.
    private void send(Frame message) throws InterruptedException {
        Pid to = server;
        if (to == null) {
            return; // Closed before it was connected.
        }
        for (int tries = 1; ; tries++) {
            try {
                self().send(to, message);
                return;
            } catch (Overloaded e) {
                if (tries == OVERLOAD_TRIES) {
                    shut(CloseCodes.TRY_AGAIN_LATER, "", e.getMessage());
                    return;
                }
                Thread.sleep(OVERLOAD_PAUSE_MILLIS);
            }
        }
    }

    /// Whether fewer messages wait at the server than a socket may send it ahead. Asks its node.
    private boolean serverKeepsUp() {
        Pid asked = server;
        if (asked == null || asked.node().name().equals(node.name())) {
            return true; // A server of this node has a bounded mailbox.
        }
        try {
            Term answer = node.peer(asked.node().name())
                    .call("erlang", "process_info", asked, Atom.of("message_queue_len"))
                    .term();
            return answer instanceof Tuple info
                    && info.arity() == 2
                    && info.get(1) instanceof IntegerTerm waiting
                    && waiting.value() < options.credit();
        } catch (ErlangException e) {
            log.debug("Cannot see whether {} keeps up: {}", asked, e.getMessage());
            return false;
        }
    }

    /// Shows whether the browser is still there, while nothing is read from it.
    private void ping() {
        try {
            session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
        } catch (IOException | RuntimeException e) {
            log.debug("A browser has left while its frames waited for credit: {}", e.toString());
            closed(CloseReasons.of(CloseCodes.CLOSED_ABNORMALLY, ""));
        }
    }

    // The end.

    /// The browser has left, or the container has closed the session.
    void closed(CloseReason reason) {
        frames.closed();
        end(reason.getCloseCode().getCode());
    }

    @Override
    public void accept(CloseReason reason) {
        closed(reason);
    }

    /// Closes the socket with a code, and ends the process.
    private void shut(CloseCode code, String text, @Nullable String cause) {
        log.debug("Closing a WebSocket with {}: {}", code.getCode(), cause);
        chosen = CloseReasons.of(code, text);
        end(code.getCode());
    }

    private void end(int code) {
        self().end(CloseReasons.closed(code));
    }

    /// Closes the socket because the Erlang side does not take it.
    void refuse(CloseCode code, String text, ErlangException cause) {
        shut(code, text, cause.getMessage());
    }

    /// Closes the socket with 1011 and a reference into the log.
    void fail(String what, Throwable cause) {
        String reference =
                HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        log.atWarn()
                .addKeyValue("reference", reference)
                .addKeyValue("failure", cause)
                .log("Closing a WebSocket (reference {}): {}: {}", reference, what, String.valueOf(cause.getMessage()));
        shut(CloseCodes.UNEXPECTED_CONDITION, "reference " + reference, what);
    }

    @Override
    public void terminate(Term reason) {
        OpenSockets.remove(this);
        credit.close();
        connected.countDown();
        CloseReason own = chosen;
        if (own != null) {
            frames.closeNow(own);
        } else {
            frames.closeAfterAll(closeReason(reason));
        }
    }

    private static CloseReason closeReason(Term reason) {
        Optional<CloseReason> wanted = CloseReasons.chosen(reason).or(() -> CloseReasons.orderly(reason));
        if (wanted.isPresent()) {
            return wanted.get();
        }
        if (reason instanceof Tuple close && close.arity() > 0 && close.get(0).equals(CloseReasons.CLOSE)) {
            log.warn("Closing a WebSocket with 1011: {} has no code that may be sent", reason);
        } else if (reason.equals(NOCONNECTION)) {
            log.debug("Closing a WebSocket with 1011: the connection to its server was lost");
        } else {
            log.info("Closing a WebSocket with 1011: its server or another process has ended it: {}", reason);
        }
        return CloseReasons.of(CloseCodes.UNEXPECTED_CONDITION, "");
    }
}
