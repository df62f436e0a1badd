package dev.pier.sample;

import dev.pier.erlang.Peer;
import dev.pier.erlang.term.ListTerm;
import dev.pier.erlang.term.Term;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;

/// `GET /stream?n=1000`: that many rows from `pier_sample:rows/2`, a line of JSON each, sent as they come.
///
/// Only one chunk is in memory at a time, and a slow client slows the asking: the next chunk is fetched when the last
/// has been written.
@WebServlet("/stream")
public final class StreamServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final int MAX_ROWS = 10_000_000;
    private static final int CHUNK = 500;
    private static final String NDJSON = "application/x-ndjson";

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        OptionalInt rows = rows(request);
        if (rows.isEmpty()) {
            JsonError.send(response, 400, "n is a number of rows, from 1 to " + MAX_ROWS);
            return;
        }
        response.setContentType(NDJSON);
        for (int sent = 0; sent < rows.getAsInt(); sent += CHUNK) {
            int count = Math.min(CHUNK, rows.getAsInt() - sent);
            ListTerm chunk =
                    backend.call("pier_sample", "rows", sent + 1, count).as(ListTerm.class);
            try {
                response.getOutputStream().write(lines(chunk));
                response.flushBuffer();
            } catch (IOException _) {
                return; // The client has gone, and nobody is left to ask Erlang for.
            }
        }
    }

    /// Else Erlang would make all the rows, at full speed, and nobody would get them.
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) {
        response.setContentType(NDJSON);
    }

    private static OptionalInt rows(HttpServletRequest request) {
        try {
            int n = Integer.parseInt(
                    Optional.ofNullable(request.getParameter("n")).orElse("1000"));
            return n >= 1 && n <= MAX_ROWS ? OptionalInt.of(n) : OptionalInt.empty();
        } catch (NumberFormatException _) {
            return OptionalInt.empty();
        }
    }

    private static byte[] lines(ListTerm chunk) {
        StringBuilder lines = new StringBuilder();
        for (Term row : chunk.elements()) {
            JsonWriter.append(row, lines);
            lines.append('\n');
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }
}
