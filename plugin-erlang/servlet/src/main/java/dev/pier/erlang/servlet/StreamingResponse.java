package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
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
/// - What was written is sent after 20 ms, or as soon as it is 16 KiB ([#flushAfter]).
/// - A failure before anything was sent is thrown, for [ErlangErrors] to answer. Later it ends the response
///   visibly: as `event: error` among events, and otherwise by cutting the body off, so that nobody takes it for
///   whole.
/// - A client that has gone is no error: the stream is closed, which stops the producer, and the method returns.
/// - Only who writes learns that the client has gone. While the stream is silent, events and arrays have a
///   heartbeat ([#heartbeatEvery]), and lines if it is asked for; with bytes it is the next row that tells.
///
/// The stream is closed in every case. For one thread and one response.
public final class StreamingResponse {
    private static final Logger LOG = LoggerFactory.getLogger(StreamingResponse.class);

    private static final Duration FLUSH_TIME = Duration.ofMillis(20);
    private static final int FLUSH_BYTES = 16 << 10;
    /// The first write after a client has gone succeeds; so it is noticed after two of these.
    private static final Duration HEARTBEAT = Duration.ofMillis(400);

    private static final Duration FOREVER = Duration.ofDays(365);

    private final HttpServletResponse response;
    private Duration flushTime = FLUSH_TIME;
    private int flushBytes = FLUSH_BYTES;
    private Duration heartbeat = HEARTBEAT;
    private boolean heartbeatAsked;

    private StreamingResponse(HttpServletResponse response) {
        this.response = response;
    }

    public static StreamingResponse to(HttpServletResponse response) {
        return new StreamingResponse(response);
    }

    /// The id of the last event that the client got before it lost the connection.
    public static Optional<String> lastEventId(HttpServletRequest request) {
        return Optional.ofNullable(request.getHeader("Last-Event-ID")).filter(id -> !id.isEmpty());
    }

    /// @param time how long something that was written may wait for more
    /// @param bytes how much may wait
    public StreamingResponse flushAfter(Duration time, int bytes) {
        flushTime = time;
        flushBytes = bytes;
        return this;
    }

    /// Asks for a heartbeat at an interval of one's own (400 ms otherwise), and for one in formats that have none
    /// unless asked: between lines it is an empty one, which most readers skip, but not all.
    ///
    /// @param interval after how much silence a heartbeat is sent
    public StreamingResponse heartbeatEvery(Duration interval) {
        if (!interval.isPositive()) {
            throw new IllegalArgumentException("a heartbeat's interval is above zero, not " + interval);
        }
        heartbeat = interval;
        heartbeatAsked = true;
        return this;
    }

    /// JSON, one element on each line: `application/x-ndjson`. An empty line is the heartbeat, if one is asked for.
    ///
    /// @throws IOException to have the response cut off after a failure in its midst
    public void ndjson(ReplyStream stream) throws IOException {
        response.setContentType("application/x-ndjson");
        send(stream, new StreamFormat.Lines(heartbeatAsked));
    }

    /// One JSON array of all elements: `application/json`. The heartbeat is a line break between elements.
    ///
    /// @throws IOException to have the response cut off after a failure in its midst
    public void jsonArray(ReplyStream stream) throws IOException {
        response.setContentType("application/json");
        send(stream, new StreamFormat.Array());
    }

    /// The bytes of a binary or an iolist, or of each row: `application/octet-stream` unless the response has a
    /// type. What is there is sent whenever the stream has no more yet.
    ///
    /// @throws IOException to have the response cut off after a failure in its midst
    public void bytes(ReplyStream stream) throws IOException {
        if (response.getContentType() == null) {
            response.setContentType("application/octet-stream");
        }
        try (stream) {
            stream.writeBytes(response.getOutputStream());
        } catch (ErlangException e) {
            cutOff(e);
        } catch (IOException e) {
            gone(e);
        }
    }

    /// Server-sent events, each with an element as JSON for its data.
    public void events(ReplyStream stream) throws IOException {
        events(stream, ServerEvent::of);
    }

    /// Server-sent events: `text/event-stream`. The heartbeat is a comment; a failure in the midst is a last event,
    /// `error`, with a sentence and the reference into the log, and then the response ends.
    ///
    /// @param toEvent makes an event of each element
    public void events(ReplyStream stream, Function<? super Reply, ServerEvent> toEvent) throws IOException {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Tells proxies that gather responses (nginx) to pass this one on as it comes.
        response.setHeader("X-Accel-Buffering", "no");
        send(stream, new StreamFormat.Events(toEvent));
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
        } catch (PacedOutput.Gone e) {
            gone(e);
        } catch (ErlangException e) {
            failed(e, format, out);
        }
    }

    /// Waits for the next element, and sends meanwhile what must not wait for it.
    private boolean hasNext(ReplyStream stream, Iterator<Reply> elements, StreamFormat format, PacedOutput out) {
        Optional<String> beat = format.heartbeat();
        while (!stream.await(patience(out, beat))) {
            if (out.isEmpty()) {
                beat.ifPresent(out::write);
            }
            out.send();
        }
        return elements.hasNext();
    }

    private Duration patience(PacedOutput out, Optional<String> beat) {
        if (out.isEmpty()) {
            return beat.isPresent() ? heartbeat : FOREVER;
        }
        return Duration.ofNanos(Math.max(0, out.patienceLeft()));
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
        } catch (PacedOutput.Gone gone) {
            gone(gone);
            return;
        }
        cutOff(e);
    }

    private void cutOff(ErlangException e) throws IOException {
        if (!response.isCommitted()) {
            throw e;
        }
        ErlangErrors.answer(e, response);
    }

    private static void gone(Exception e) {
        LOG.debug("A client left a stream: {}", e.toString());
    }
}
