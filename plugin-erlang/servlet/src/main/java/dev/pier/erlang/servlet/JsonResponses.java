package dev.pier.erlang.servlet;

import dev.pier.erlang.Reply;
import dev.pier.erlang.ReplyStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Sends replies and streams as HTTP responses: sets the content type and writes the body on the calling thread.
///
/// A response whose content type is already set keeps it. The response is neither flushed nor closed, so that the
/// container sends a small body in one piece, with its length.
///
/// For streams that need a heartbeat, server-sent events or a visible failure, see [StreamingResponse].
public final class JsonResponses {
    private JsonResponses() {}

    /// Sends `reply` as JSON with the content type `application/json`.
    ///
    /// @throws IOException if the client has disconnected
    /// @throws dev.pier.erlang.MalformedTerm if the bytes are not a term within the limits
    public static void write(Reply reply, HttpServletResponse response) throws IOException {
        contentType(response, "application/json");
        reply.writeJson(response.getOutputStream());
    }

    /// Sends `stream` as JSON with the content type `application/json`: a returned value as it is, a producer's
    /// rows as one array. Closes the stream.
    ///
    /// @throws IOException if the client has disconnected
    public static void write(ReplyStream stream, HttpServletResponse response) throws IOException {
        contentType(response, "application/json");
        try (stream) {
            stream.writeJson(response.getOutputStream());
        }
    }

    /// Sends each element or row of `stream` as JSON on a line of its own, with the content type
    /// `application/x-ndjson`. Closes the stream.
    ///
    /// @throws IOException if the client has disconnected
    public static void writeNdjson(ReplyStream stream, HttpServletResponse response) throws IOException {
        contentType(response, "application/x-ndjson");
        try (stream) {
            stream.writeNdjson(response.getOutputStream());
        }
    }

    /// Sends the bytes of a binary or an iolist, or of each row, with the content type `application/octet-stream`.
    /// Closes the stream.
    ///
    /// @throws IOException if the client has disconnected
    public static void writeBytes(ReplyStream stream, HttpServletResponse response) throws IOException {
        contentType(response, "application/octet-stream");
        try (stream) {
            stream.writeBytes(response.getOutputStream());
        }
    }

    private static void contentType(HttpServletResponse response, String type) {
        if (response.getContentType() == null) {
            response.setContentType(type);
        }
    }
}
