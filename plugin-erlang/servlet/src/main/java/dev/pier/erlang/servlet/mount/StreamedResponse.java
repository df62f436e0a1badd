package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rows of a stream as a response: a head, and then the parts of a body. `pier_ewgi.erl` describes the
/// rows.
///
/// Parts are written as they come, and flushed when no further one is there. The process may go on after a complete
/// response. While nothing comes, the client is
/// looked for twice a second, where the server can see it; the caller closes the stream when the client has
/// left.
///
/// *Threads.* For the request's own thread.
final class StreamedResponse {
    /// The end of a response whose client has left.
    private static final class ClientLeft extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /// The request attribute of the server with which the client is looked for: `Mount.CLIENT_GONE`.
    private static final String CLIENT_GONE = "dev.pier.client-gone";

    /// The request attribute of the server for a content type that it sends as it is: `Mount.CONTENT_TYPE`.
    private static final String CONTENT_TYPE = "dev.pier.content-type";

    private static final Logger log = LoggerFactory.getLogger(StreamedResponse.class);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Atom REFUSED = Atom.of("refused");

    private final BodyProgress request;
    private final HttpServletResponse response;
    private final HopByHop hopByHop;
    private final BooleanSupplier clientGone;

    StreamedResponse(BodyProgress request, HttpServletResponse response, HopByHop hopByHop) {
        this.hopByHop = hopByHop;
        this.request = request;
        this.response = response;
        this.clientGone = request.getAttribute(CLIENT_GONE) instanceof BooleanSupplier gone ? gone : () -> false;
    }

    /// Sends the stream, which the caller closes.
    ///
    /// @param timeout how long the head may take, from the last reading of the body
    /// @throws dev.pier.erlang.ErlangException if the stream fails, or is not a valid response
    void send(ReplyStream stream, Duration timeout) throws IOException {
        try {
            Iterator<Reply> rows = stream.iterator();
            awaitHead(stream, timeout);
            if (!rows.hasNext()) {
                throw UnexpectedTerm.inAnswer("the response has no head");
            }
            Term first = rows.next().term();
            if (first instanceof Tuple refusal
                    && refusal.is(REFUSED, 3)
                    && refusal.get(1) instanceof IntegerTerm(long status)
                    && refusal.get(2) instanceof Binary sentence) {
                Problem.answer((int) status, sentence.utf8().orElse(""), response);
                return;
            }
            ResponseHead head = ResponseHead.of(first, hopByHop);
            if (hasNoBody(head)) {
                begin(head);
                // Otherwise the container takes the missing body for an empty one, and says so in Content-Length.
                flush();
                awaitEnd(stream, rows, timeout);
            } else if (head.whole() != null) {
                sendWhole(head, head.whole());
                awaitEnd(stream, rows, timeout);
            } else {
                sendParts(head, stream, rows);
            }
        } catch (ClientLeft _) {
            log.debug("The client of {} has left", request.getRequestURI());
        } catch (ErlangException e) {
            request.removeAttribute(CONTENT_TYPE);
            throw e;
        }
    }

    /// SPEC: RFC 9110, section 6.4.1
    private boolean hasNoBody(ResponseHead head) {
        return request.getMethod().equals("HEAD") || head.status() == 204 || head.status() == 304;
    }

    private void awaitHead(ReplyStream stream, Duration timeout) throws ClientLeft {
        while (true) {
            Duration left = timeout.minusNanos(System.nanoTime() - request.lastRead());
            if (left.isNegative()) {
                throw new CallTimeout(
                        "no head of a response within " + timeout.toMillis() + " ms, the timeout of the mount");
            }
            if (stream.await(left.compareTo(LOOK) < 0 ? left : LOOK)) {
                return;
            }
            look();
        }
    }

    private void look() throws ClientLeft {
        if (clientGone.getAsBoolean()) {
            throw new ClientLeft();
        }
    }

    /// Sets the status and the headers. The first header of a name replaces one of the container.
    private void begin(ResponseHead head) {
        response.setStatus(head.status());
        Set<String> seen = new HashSet<>();
        for (ResponseHead.Header header : head.headers()) {
            if (header.name().equalsIgnoreCase("Content-Type")) {
                request.setAttribute(CONTENT_TYPE, header.value());
            }
            if (seen.add(header.name().toLowerCase(Locale.ROOT))) {
                response.setHeader(header.name(), header.value());
            } else {
                response.addHeader(header.name(), header.value());
            }
        }
        Binary whole = head.whole();
        long length = head.length() >= 0 ? head.length() : whole != null ? whole.size() : head.size();
        if (length >= 0 && head.status() != 204 && (head.status() != 304 || head.length() >= 0)) {
            response.setContentLengthLong(length);
        }
    }

    private void sendWhole(ResponseHead head, Binary body) throws ClientLeft {
        checkLength(head, body.size());
        begin(head);
        write(body.toByteArray());
        flush();
    }

    /// Waits for the end of the process, which may go on after a complete response; closing the stream would kill it.
    ///
    /// @param timeout how long it may go on
    private void awaitEnd(ReplyStream stream, Iterator<Reply> rows, Duration timeout) {
        try {
            if (!stream.await(timeout)) {
                log.warn(
                        "The work for {} goes on after its response: it is ended after {} ms, the timeout of the mount",
                        request.getRequestURI(),
                        timeout.toMillis());
            } else if (rows.hasNext()) {
                log.warn("Ignoring what {} sends after its response", request.getRequestURI());
            }
        } catch (ErlangException e) {
            log.warn("The work for {} failed after its response: {}", request.getRequestURI(), e.getMessage());
        }
    }

    private void sendParts(ResponseHead head, ReplyStream stream, Iterator<Reply> rows) throws ClientLeft {
        if (head.size() >= 0) {
            checkLength(head, head.size());
        }
        begin(head);
        long written = 0;
        while (hasNext(stream, rows)) {
            byte[] part = rows.next().as(byte[].class);
            written += part.length;
            if (head.length() >= 0 && written > head.length()) {
                throw UnexpectedTerm.inAnswer(
                        "the body is longer than its Content-Length of " + head.length() + " bytes");
            }
            write(part);
        }
        if (head.length() >= 0 && written < head.length()) {
            throw UnexpectedTerm.inAnswer(
                    "the body has " + written + " bytes instead of the " + head.length() + " of its Content-Length");
        }
    }

    private static void checkLength(ResponseHead head, long size) {
        if (head.length() >= 0 && head.length() != size) {
            throw UnexpectedTerm.inAnswer(
                    "the body has " + size + " bytes instead of the " + head.length() + " of its Content-Length");
        }
    }

    /// Waits for the next part; parts that are already written go out first.
    private boolean hasNext(ReplyStream stream, Iterator<Reply> rows) throws ClientLeft {
        if (!stream.await(Duration.ZERO)) {
            flush();
            while (!stream.await(LOOK)) {
                look();
            }
        }
        return rows.hasNext();
    }

    private void write(byte[] bytes) throws ClientLeft {
        try {
            OutputStream out = response.getOutputStream();
            out.write(bytes);
        } catch (IOException e) {
            throw left(e);
        }
    }

    private void flush() throws ClientLeft {
        try {
            response.flushBuffer();
        } catch (IOException e) {
            throw left(e);
        }
    }

    private static ClientLeft left(IOException e) {
        log.debug("Cannot write: {}", e.toString());
        return new ClientLeft();
    }
}
