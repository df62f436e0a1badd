package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.servlet.socket.StreamSocket;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Requests to applications that take a connection over: one stream for each, which may become a WebSocket.
final class ConnectionExchange {
    /// Accepts a WebSocket.
    @FunctionalInterface
    interface Acceptor {
        /// @return whether the stream is the socket's now
        boolean accept(Map<String, List<String>> headers, ReplyStream stream, Iterator<Reply> rows)
                throws IOException, ServletException;
    }

    private ConnectionExchange() {}

    /// @param start starts the stream with an upload: of the body, or of the frames of a client that asks for a
    ///     WebSocket; `undefined` without either
    static void serve(
            HttpServletRequest request,
            HttpServletResponse response,
            ErlangNode node,
            Duration timeout,
            Function<Object, ReplyStream> start)
            throws IOException, ServletException {
        if (!SocketRequest.isOne(request)) {
            BodyProgress watched = new BodyProgress(request);
            boolean _ = send(watched, response, timeout, start.apply(RequestTerm.body(watched, node)), null);
            return;
        }
        StreamSocket socket = new StreamSocket(node);
        boolean accepted = false;
        try {
            accepted = send(
                    new BodyProgress(request),
                    response,
                    timeout,
                    start.apply(socket.upload()),
                    (headers, stream, rows) -> socket.accept(request, response, headers, stream, rows));
        } finally {
            if (!accepted) {
                socket.discard();
            }
        }
    }

    private static boolean send(
            BodyProgress request,
            HttpServletResponse response,
            Duration timeout,
            ReplyStream stream,
            @Nullable Acceptor acceptor)
            throws IOException, ServletException {
        boolean accepted = false;
        try {
            accepted = new StreamedResponse(request, response, HopByHop.DROPPED, acceptor).send(stream, timeout);
            return accepted;
        } finally {
            if (!accepted) {
                stream.close();
            }
        }
    }
}
