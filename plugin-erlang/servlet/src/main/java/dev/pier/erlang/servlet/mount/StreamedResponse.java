package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.CallTimeout;
import dev.pier.erlang.ErlangException;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.UnexpectedTerm;
import dev.pier.erlang.internal.LeavableStream;
import dev.pier.erlang.term.Atom;
import dev.pier.erlang.term.Binary;
import dev.pier.erlang.term.IntegerTerm;
import dev.pier.erlang.term.Term;
import dev.pier.erlang.term.Tuple;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rows of a stream as a response: a head, and then the parts of a body. `pier_mount.erl` describes the
/// rows.
///
/// Parts are written as they come, and flushed when no further one is there. The process may go on after a
/// complete response. While nothing comes, the client is looked for twice a second, where the server can see it;
/// the caller closes the stream when the client has left.
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

    /// The request attribute of the server that sends informational responses: `Mount.INFORM`.
    private static final String INFORMS = "dev.pier.inform";

    /// Headers of a handshake that are the container's.
    private static final Set<String> OF_HANDSHAKE =
            Set.of("content-length", "content-type", "sec-websocket-accept", "sec-websocket-extensions");

    private static final Logger log = LoggerFactory.getLogger(StreamedResponse.class);

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Atom REFUSED = Atom.of("refused");
    private static final Atom UPGRADE = Atom.of("upgrade");
    private static final Atom INFORM = Atom.of("inform");
    private static final Atom TRAILERS = Atom.of("trailers");

    private final BodyProgress request;
    private final boolean isHead;
    private final HttpServletResponse response;
    private final HopByHop hopByHop;
    private final BooleanSupplier clientGone;
    private final Duration farewell;
    private final ConnectionExchange.@Nullable Acceptor acceptor;
    private volatile Map<String, String> trailers = Map.of();

    StreamedResponse(BodyProgress request, HttpServletResponse response, HopByHop hopByHop) {
        this(request, response, hopByHop, Duration.ZERO, null);
    }

    /// @param farewell how long the process may go on when it has learned that the client has left
    /// @param acceptor accepts the WebSocket that the client asks for; null if it does not
    StreamedResponse(
            BodyProgress request,
            HttpServletResponse response,
            HopByHop hopByHop,
            Duration farewell,
            ConnectionExchange.@Nullable Acceptor acceptor) {
        this.farewell = farewell;
        this.acceptor = acceptor;
        this.hopByHop = hopByHop;
        this.request = request;
        this.isHead = request.getMethod().equals("HEAD");
        this.response = response;
        this.clientGone = request.getAttribute(CLIENT_GONE) instanceof BooleanSupplier gone ? gone : () -> false;
    }

    /// Sends the stream, which the caller closes, unless it has become a WebSocket.
    ///
    /// @param timeout how long the head may take, from the last reading of the body
    /// @return whether it has become a WebSocket
    /// @throws dev.pier.erlang.ErlangException if the stream fails, or is not a valid response
    boolean send(ReplyStream stream, Duration timeout) throws IOException, ServletException {
        Iterator<Reply> rows = null;
        try {
            awaitHead(stream, timeout);
            rows = stream.iterator();
            Term first = first(stream, rows, timeout);
            if (first instanceof Tuple upgrade && upgrade.is(UPGRADE, 2)) {
                return accept(ResponseHead.headers(upgrade.get(1), HopByHop.DROPPED), stream, rows);
            }
            if (first instanceof Tuple refusal
                    && refusal.is(REFUSED, 3)
                    && refusal.get(1) instanceof IntegerTerm(long status)
                    && refusal.get(2) instanceof Binary sentence) {
                Problem.answer((int) status, sentence.utf8().orElse(""), response);
                return false;
            }
            ResponseHead head = ResponseHead.of(first, hopByHop);
            if (hasNoBody(head)) {
                begin(head);
                // Otherwise the container takes the missing body for an empty one, and says so in Content-Length.
                flush();
                awaitEnd(stream, rows, timeout);
            } else if (head.whole() != null) {
                sendWhole(head, head.whole());
                // With the end there, the container sends all in one piece.
                if (!hasEnded(stream, rows, Duration.ZERO)) {
                    flush();
                    awaitEnd(stream, rows, timeout);
                }
            } else {
                sendParts(head, stream, rows);
            }
        } catch (ClientLeft _) {
            log.debug("The client of {} has left", request.getRequestURI());
            if (rows != null) {
                leave(stream, rows);
            }
        } catch (ErlangException e) {
            request.removeAttribute(CONTENT_TYPE);
            throw e;
        }
        return false;
    }

    /// Tells the process that the client has left, and waits for its end.
    private void leave(ReplyStream stream, Iterator<Reply> rows) {
        if (farewell.isZero() || !(stream instanceof LeavableStream leavable)) {
            return;
        }
        leavable.leave();
        long deadline = System.nanoTime() + farewell.toNanos();
        try {
            for (long left = farewell.toNanos(); left > 0; left = deadline - System.nanoTime()) {
                if (!stream.await(Duration.ofNanos(left)) || !rows.hasNext()) {
                    return;
                }
                Reply _ = rows.next();
            }
        } catch (ErlangException e) {
            log.debug("The work for {} failed without its client: {}", request.getRequestURI(), e.getMessage());
        }
    }

    /// The first row that is not an informational response.
    private Term first(ReplyStream stream, Iterator<Reply> rows, Duration timeout) throws ClientLeft {
        while (true) {
            if (!rows.hasNext()) {
                throw UnexpectedTerm.inAnswer("the response has no head");
            }
            Term first = rows.next().term();
            if (!(first instanceof Tuple inform
                    && inform.is(INFORM, 3)
                    && inform.get(1) instanceof IntegerTerm(long status))) {
                return first;
            }
            inform(status, ResponseHead.headers(inform.get(2), HopByHop.DROPPED));
            awaitHead(stream, timeout);
        }
    }

    /// Sends an informational response, where the server can. 101 and 100 are its own.
    private void inform(long status, List<ResponseHead.Header> headers) {
        if (status > 101 && status < 200 && request.getAttribute(INFORMS) instanceof BiConsumer<?, ?> informs) {
            @SuppressWarnings("unchecked") // As the server describes it.
            BiConsumer<Integer, Map<String, List<String>>> known =
                    (BiConsumer<Integer, Map<String, List<String>>>) informs;
            known.accept((int) status, byName(headers));
        }
    }

    private static Map<String, List<String>> byName(List<ResponseHead.Header> headers) {
        Map<String, List<String>> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (ResponseHead.Header header : headers) {
            byName.computeIfAbsent(header.name(), _ -> new ArrayList<>()).add(header.value());
        }
        return byName;
    }

    private boolean accept(List<ResponseHead.Header> headers, ReplyStream stream, Iterator<Reply> rows)
            throws IOException, ServletException {
        if (acceptor == null) {
            throw UnexpectedTerm.inAnswer("the application accepts a WebSocket, but the client does not ask for one");
        }
        List<ResponseHead.Header> chosen = headers.stream()
                .filter(header -> !OF_HANDSHAKE.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList();
        return acceptor.accept(byName(chosen), stream, rows);
    }

    /// SPEC: RFC 9110, section 6.4.1
    private boolean hasNoBody(ResponseHead head) {
        return isHead || head.status() == 204 || head.status() == 304;
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
    }

    /// Waits for the end of the process, which may go on after a complete response. Closing the stream kills it.
    ///
    /// @param timeout how long it may go on
    private void awaitEnd(ReplyStream stream, Iterator<Reply> rows, Duration timeout) {
        if (!hasEnded(stream, rows, timeout)) {
            log.warn(
                    "The work for {} goes on after its response: it is ended after {} ms, the timeout of the mount",
                    request.getRequestURI(),
                    timeout.toMillis());
        }
    }

    /// Whether the process has ended after a complete response, well or not.
    ///
    /// @param patience how long to wait for it
    private boolean hasEnded(ReplyStream stream, Iterator<Reply> rows, Duration patience) {
        try {
            if (!stream.await(patience)) {
                return false;
            }
            if (rows.hasNext()) {
                log.warn("Ignoring what {} sends after its response", request.getRequestURI());
            }
        } catch (ErlangException e) {
            log.warn("The work for {} failed after its response: {}", request.getRequestURI(), e.getMessage());
        }
        return true;
    }

    private void sendParts(ResponseHead head, ReplyStream stream, Iterator<Reply> rows) throws ClientLeft {
        if (head.size() >= 0) {
            checkLength(head, head.size());
        }
        long length = head.length() >= 0 ? head.length() : head.size();
        if (length < 0 && acceptsTrailers()) {
            response.setTrailerFields(() -> trailers);
        }
        begin(head);
        long written = 0;
        while (hasNext(stream, rows)) {
            Term row = rows.next().term();
            if (row instanceof Tuple last && last.is(TRAILERS, 2)) {
                trailers = ResponseHead.headers(last.get(1), HopByHop.DROPPED).stream()
                        .collect(Collectors.toUnmodifiableMap(
                                ResponseHead.Header::name, ResponseHead.Header::value, (one, two) -> one + ", " + two));
                break;
            }
            if (!(row instanceof Binary part)) {
                throw UnexpectedTerm.inAnswer("a part of the body is not a binary");
            }
            written += part.size();
            if (length >= 0 && written > length) {
                throw UnexpectedTerm.inAnswer("the body is longer than its Content-Length of " + length + " bytes");
            }
            write(part.toByteArray());
        }
        if (length >= 0 && written < length) {
            throw UnexpectedTerm.inAnswer(
                    "the body has " + written + " bytes instead of the " + length + " of its Content-Length");
        }
    }

    /// SPEC: RFC 9110, section 6.5.1
    private boolean acceptsTrailers() {
        String te = request.getHeader("TE");
        return te != null && te.toLowerCase(Locale.ROOT).contains("trailers");
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
