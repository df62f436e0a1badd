package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Mailbox;
import dev.pier.erlang.Message;
import dev.pier.erlang.ProcessEnded;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.internal.ClosedAtStop;
import dev.pier.erlang.internal.StreamClosedAtStop;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a [ReplyStream] as the response, element by element, on the request's own thread:
///
/// ```java
/// StreamingResponse.to(resp).events(backend.stream("orders", "changes", lastId));
/// ```
///
/// - Output is sent 20 ms after it was written, or as soon as 16 KiB are waiting ([#flushAfter]).
/// - A failure before anything was sent is thrown, and [ErlangErrors] answers it. A later failure ends the response
///   visibly: with `event: error` among events, and otherwise by aborting the body, so that no client takes it for
///   complete.
/// - A client that disconnects is not an error: the stream is closed, which stops the producer, and the method
///   returns.
/// - HTTP reveals a disconnect only on write. While the stream is silent, events and arrays send a heartbeat every
///   400 ms ([#heartbeatEvery]), and lines only on request; with bytes, the next row reveals it.
///
/// The stream is closed in every case. For one thread and one response.
///
/// The messages of a [Mailbox] become server-sent events in the same way: [#events(Mailbox, Function)].
public final class StreamingResponse {
    private static final Logger log = LoggerFactory.getLogger(StreamingResponse.class);

    private static final Duration FLUSH_TIME = Duration.ofMillis(20);
    private static final int FLUSH_BYTES = 16 << 10;
    /// The first write after a disconnect still succeeds, so a disconnect is noticed after two heartbeats.
    private static final Duration HEARTBEAT = Duration.ofMillis(400);

    private static final Atom NORMAL = Atom.of("normal");
    private static final Atom SHUTDOWN = Atom.of("shutdown");

    private static final Duration UNLIMITED = Duration.ofDays(365);

    private final HttpServletResponse response;
    private Duration flushTime = FLUSH_TIME;
    private int flushBytes = FLUSH_BYTES;
    private Duration heartbeat = HEARTBEAT;
    private boolean heartbeatRequested;

    private StreamingResponse(HttpServletResponse response) {
        this.response = response;
    }

    public static StreamingResponse to(HttpServletResponse response) {
        return new StreamingResponse(response);
    }

    /// The id of the last event that the client received before it lost the connection: the header `Last-Event-ID`,
    /// or the parameter `lastEventId` in the query, which `pier-socket.js` sends when it opens a new stream.
    public static Optional<String> lastEventId(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader("Last-Event-ID"))
                .filter(id -> !id.isEmpty())
                .or(() -> Optional.ofNullable(request.getParameter("lastEventId")))
                .filter(id -> !id.isEmpty());
    }

    /// Sets when output is sent.
    ///
    /// @param time how long output may wait for more. Default: 20 ms
    /// @param bytes how many bytes may wait. Default: 16 KiB
    public StreamingResponse flushAfter(Duration time, int bytes) {
        flushTime = time;
        flushBytes = bytes;
        return this;
    }

    /// Sets the interval of the heartbeat, and requests one from [#ndjson], which has none by default: an empty
    /// line, which most readers skip, but not all.
    ///
    /// @param interval the silence after which a heartbeat is sent; above zero. Default: 400 ms
    public StreamingResponse heartbeatEvery(Duration interval) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("the interval of the heartbeat must be above zero, not " + interval);
        }
        heartbeat = interval;
        heartbeatRequested = true;
        return this;
    }

    /// Sends JSON, one element per line: `application/x-ndjson`. The heartbeat, if requested, is an empty line.
    ///
    /// @throws IOException after a failure in the middle, so that the container aborts the response
    public void ndjson(ReplyStream stream) throws IOException {
        response.setContentType("application/x-ndjson");
        send(stream, new StreamFormat.Lines(heartbeatRequested));
    }

    /// Sends one JSON array of all elements: `application/json`. The heartbeat is a line break between elements.
    ///
    /// @throws IOException after a failure in the middle, so that the container aborts the response
    public void jsonArray(ReplyStream stream) throws IOException {
        response.setContentType("application/json");
        send(stream, new StreamFormat.Array());
    }

    /// Sends the bytes of a binary or an iolist, or of each row: `application/octet-stream`, unless the response
    /// has a content type. Output is sent whenever the stream has no further bytes yet.
    ///
    /// @throws IOException after a failure in the middle, so that the container aborts the response
    public void bytes(ReplyStream stream) throws IOException {
        if (response.getContentType() == null) {
            response.setContentType("application/octet-stream");
        }
        try (stream) {
            stream.writeBytes(response.getOutputStream());
        } catch (ErlangException e) {
            abort(e);
        } catch (IOException e) {
            clientGone(e);
        }
    }

    /// Sends server-sent events; the data of each is an element as JSON. A browser reconnects when the response
    /// ends, so the rows of a producer end, and with them the response, when the server begins to stop or
    /// another version of the application has replaced this one; the producer is killed.
    public void events(ReplyStream stream) throws IOException {
        events(stream, ServerEvent::of);
    }

    /// Sends server-sent events: `text/event-stream`. The heartbeat is a comment. After a failure in the middle,
    /// the last event is `error`, with a sentence and a reference into the log. At the server's stop and the
    /// application's replacement it ends as [#events(ReplyStream)] does.
    ///
    /// @param toEvent converts each element to an event
    public void events(ReplyStream stream, Function<? super Reply, ServerEvent> toEvent) throws IOException {
        setEventHeaders();
        closeAtStop(stream);
        send(stream, new StreamFormat.Events(toEvent));
    }

    private static void closeAtStop(Object source) {
        if (source instanceof ClosedAtStop endless) {
            endless.closeAtStop();
        }
    }

    private void setEventHeaders() {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Makes proxies that buffer responses (nginx) pass this one on as it comes.
        response.setHeader("X-Accel-Buffering", "no");
    }

    /// Sends the messages that a mailbox receives as server-sent events, until its process ends or the client
    /// disconnects:
    ///
    /// ```java
    /// Mailbox mailbox = node.mailbox();
    /// backend.call("room", "join", mailbox.self(), StreamingResponse.lastEventId(req).orElse("0"));
    /// StreamingResponse.to(resp).events(mailbox, message -> Optional.of(ServerEvent.of(message)));
    /// ```
    ///
    /// The headers are sent at once. The client's leaving shows after two heartbeats, within a second by default,
    /// and closes the mailbox, which Erlang sees by a link or a monitor. If the process ends with `normal`,
    /// `shutdown` or `{shutdown, _}`, the response is complete; after another reason, the last event is `error`. A
    /// browser reconnects in both cases. When the server begins to stop, or another version of the application
    /// has replaced this one, the process ends with `shutdown`.
    ///
    /// Messages that the client is too slow for wait in the mailbox, within its limits. Nothing is resent after a
    /// lost connection: give events ids, and let Erlang resume at [#lastEventId].
    ///
    /// The mailbox is closed in every case. Hazard: a `HEAD` request has no body, so the client's leaving never
    /// shows; answer it without calling this method.
    ///
    /// @param toEvent converts each message to an event; empty to send nothing for a message
    public void events(Mailbox mailbox, Function<? super Message, Optional<ServerEvent>> toEvent) throws IOException {
        setEventHeaders();
        PacedOutput out = new PacedOutput(response::getOutputStream, flushTime, flushBytes);
        StreamFormat format = new StreamFormat.Events(ServerEvent::of);
        try (mailbox) {
            closeAtStop(mailbox);
            out.write(StreamFormat.Events.HEARTBEAT);
            out.send();
            sendEvents(mailbox, toEvent, out);
        } catch (PacedOutput.ClientGone e) {
            clientGone(e);
        } catch (ProcessEnded e) {
            if (!isOrderly(e.reason())) {
                failed(e, format, out);
            }
        } catch (ErlangException e) {
            failed(e, format, out);
        }
    }

    private void sendEvents(Mailbox mailbox, Function<? super Message, Optional<ServerEvent>> toEvent, PacedOutput out)
            throws IOException {
        Optional<String> heartbeatText = Optional.of(StreamFormat.Events.HEARTBEAT);
        try {
            while (true) {
                Optional<Message> message = mailbox.receive(nextWait(out, heartbeatText));
                if (message.isPresent()) {
                    Optional<ServerEvent> event = toEvent.apply(message.get());
                    if (event.isPresent()) {
                        StreamFormat.Events.write(event.get(), out);
                    }
                    out.sendIfDue();
                } else {
                    if (out.isEmpty()) {
                        out.write(StreamFormat.Events.HEARTBEAT);
                    }
                    out.send();
                }
            }
        } catch (ProcessEnded e) {
            out.send(); // Events that were still waiting for more.
            throw e;
        }
    }

    private static boolean isOrderly(Term reason) {
        return reason.equals(NORMAL)
                || reason.equals(SHUTDOWN)
                || (reason instanceof Tuple tuple && tuple.is(SHUTDOWN, 2));
    }

    private void send(ReplyStream stream, StreamFormat format) throws IOException {
        PacedOutput out = new PacedOutput(response::getOutputStream, flushTime, flushBytes);
        try (stream) {
            Iterator<Reply> elements = stream.iterator();
            while (hasNext(stream, elements, format, out)) {
                format.element(elements.next(), out);
                out.sendIfDue();
            }
            format.end(out);
            out.send();
        } catch (PacedOutput.ClientGone e) {
            clientGone(e);
        } catch (ErlangException e) {
            if (stream instanceof StreamClosedAtStop endless && endless.isClosedAtStop()) {
                complete(out);
            } else {
                failed(e, format, out);
            }
        }
    }

    /// Sends the events that are still waiting. The response is complete after any event.
    private static void complete(PacedOutput out) {
        try {
            out.send();
        } catch (PacedOutput.ClientGone e) {
            clientGone(e);
        }
    }

    /// Waits for the next element, and meanwhile sends output that is due, and heartbeats.
    private boolean hasNext(ReplyStream stream, Iterator<Reply> elements, StreamFormat format, PacedOutput out) {
        Optional<String> heartbeatText = format.heartbeat();
        while (!stream.await(nextWait(out, heartbeatText))) {
            if (out.isEmpty()) {
                heartbeatText.ifPresent(out::write);
            }
            out.send();
        }
        return elements.hasNext();
    }

    private Duration nextWait(PacedOutput out, Optional<String> heartbeatText) {
        if (out.isEmpty()) {
            return heartbeatText.isPresent() ? heartbeat : UNLIMITED;
        }
        return Duration.ofNanos(Math.max(0, out.nanosUntilDue()));
    }

    private void failed(ErlangException e, StreamFormat format, PacedOutput out) throws IOException {
        if (!response.isCommitted()) {
            throw e;
        }
        try {
            if (format.failure(e, out)) {
                out.send();
                return;
            }
        } catch (PacedOutput.ClientGone gone) {
            clientGone(gone);
            return;
        }
        abort(e);
    }

    private void abort(ErlangException e) throws IOException {
        if (!response.isCommitted()) {
            throw e;
        }
        ErlangErrors.answer(e, response);
    }

    private static void clientGone(Exception e) {
        log.debug("A client disconnected from a stream: {}", e.toString());
    }
}
