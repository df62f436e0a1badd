package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.servlet.socket.StreamSocket;
import dev.pier.erlang.term.Term;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Requests to applications that take a connection over: one stream for each, which may become a WebSocket. The
/// module of the peer is `pier_cowboy`, which plays Cowboy's connection, or `pier_plug`. The application gets the
/// path as the client has sent it.
///
/// SPEC: Plug.Conn.Adapter
final class ConnectionExchange implements Exchange {
    /// Accepts a WebSocket.
    @FunctionalInterface
    interface Acceptor {
        /// @return whether the stream is the socket's now
        boolean accept(Map<String, List<String>> headers, ReplyStream stream, Iterator<Reply> rows)
                throws IOException, ServletException;
    }

    /// How long a plug may go on without its client, so that `chunk` can tell it.
    private static final Duration FAREWELL = Duration.ofMillis(400);

    /// The module of the peer, whose function `serve` takes the application, the request and the upload.
    private final String module;

    /// The arguments that name the application.
    private final List<Term> application;

    private final boolean stripPath;
    private final ErlangNode node;
    private final Duration timeout;
    private final Duration farewell;

    private ConnectionExchange(
            String module,
            List<Term> application,
            boolean stripPath,
            ErlangNode node,
            Duration timeout,
            Duration farewell) {
        this.module = module;
        this.application = application;
        this.stripPath = stripPath;
        this.node = node;
        this.timeout = timeout;
        this.farewell = farewell;
    }

    /// Requests to a listener of Cowboy.
    static Exchange of(Gateway.Cowboy gateway, ErlangNode node, Duration timeout) {
        return new ConnectionExchange(
                "pier_cowboy", List.of(gateway.selector()), gateway.stripPath(), node, timeout, Duration.ZERO);
    }

    /// Requests to a plug.
    static Exchange of(Gateway.Plug gateway, ErlangNode node, Duration timeout) {
        return new ConnectionExchange("pier_plug", gateway.arguments(), gateway.stripPath(), node, timeout, FAREWELL);
    }

    @Override
    public void serve(Peer peer, HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if (!SocketRequest.isOne(request)) {
            BodyProgress watched = new BodyProgress(request);
            ReplyStream stream = begin(peer, request, RequestTerm.body(watched, node));
            boolean _ = send(watched, response, stream, null);
            return;
        }
        StreamSocket socket = new StreamSocket(node);
        boolean accepted = false;
        try {
            accepted = send(
                    new BodyProgress(request),
                    response,
                    begin(peer, request, socket.upload()),
                    (headers, stream, rows) -> socket.accept(request, response, headers, stream, rows));
        } finally {
            if (!accepted) {
                socket.discard();
            }
        }
    }

    /// @param upload the body, or the frames of a client that asks for a WebSocket; `undefined` without either
    private ReplyStream begin(Peer peer, HttpServletRequest request, Object upload) {
        List<Object> arguments = new ArrayList<>(application);
        arguments.add(RequestTerm.ofConnection(request, stripPath).toArgument());
        arguments.add(upload);
        return ErlangRequest.begin(peer, module, "serve", arguments.toArray());
    }

    private boolean send(
            BodyProgress request, HttpServletResponse response, ReplyStream stream, @Nullable Acceptor acceptor)
            throws IOException, ServletException {
        boolean accepted = false;
        try {
            accepted =
                    new StreamedResponse(request, response, HopByHop.DROPPED, farewell, acceptor).send(stream, timeout);
            return accepted;
        } finally {
            if (!accepted) {
                stream.close();
            }
        }
    }
}
