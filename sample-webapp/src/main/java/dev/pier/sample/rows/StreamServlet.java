package dev.pier.sample.rows;

import dev.pier.erlang.Peer;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.erlang.servlet.StreamingResponse;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

/// `GET /stream?n=1000`: streams that many rows from `rows:make/2`, one line of JSON per row.
/// `GET /stream/progress`: how many rows Erlang has produced for the requesting page.
///
/// Only a window of rows is in memory. A slow client slows down the producer in Erlang; a disconnect ends it.
@WebServlet({"/stream", "/stream/progress"})
public final class StreamServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final int MAX_ROWS = 10_000_000;

    private static final String READER = "X-Pier-Reader";
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}");

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // For the rows, too: Chromium reads a cacheable response at full speed even if the page reads slowly.
        response.setHeader("Cache-Control", "no-store");
        try {
            if (request.getServletPath().endsWith("/progress")) {
                JsonResponses.write(backend.call("rows", "progress", reader(request)), response);
            } else {
                ReplyStream rows = backend.stream("rows", "make", count(request), reader(request));
                StreamingResponse.to(response).ndjson(rows);
            }
        } catch (BadRequest e) {
            Problem.send(response, e.status(), e.sentence());
        }
    }

    /// Without this, a `HEAD` request would make Erlang produce all rows at full speed, only to discard them.
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) {
        response.setContentType("application/x-ndjson");
    }

    private static int count(HttpServletRequest request) throws BadRequest {
        try {
            int n = Integer.parseInt(
                    Optional.ofNullable(request.getParameter("n")).orElse("1000"));
            if (n >= 1 && n <= MAX_ROWS) {
                return n;
            }
        } catch (NumberFormatException _) {
            // Reported below, like a number out of range.
        }
        throw new BadRequest(400, "n must be a number of rows from 1 to " + MAX_ROWS);
    }

    /// The reader's name under which Erlang records the progress; empty for a client that will not ask for it.
    private static String reader(HttpServletRequest request) throws BadRequest {
        String name = Optional.ofNullable(request.getHeader(READER)).orElse("");
        if (name.isEmpty() || NAME.matcher(name).matches()) {
            return name;
        }
        throw new BadRequest(400, READER + " must have 32 lower-case hexadecimal digits");
    }
}
