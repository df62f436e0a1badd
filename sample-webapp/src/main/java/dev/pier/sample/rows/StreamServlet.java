package dev.pier.sample.rows;

import dev.pier.erlang.Peer;
import dev.pier.erlang.ReplyStream;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.erlang.servlet.StreamingResponse;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Pages;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// `GET /stream?n=1000`: that many rows from `rows:make/2`, a line of JSON each, sent as they come.
/// `GET /stream/progress`: how many of them Erlang has made for the page that asks.
///
/// No more than a window of them is in memory. A client that reads slowly slows Erlang, and one that leaves ends it.
@WebServlet({"/stream", "/stream/progress"})
public final class StreamServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    static final int MAX_ROWS = 10_000_000;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Also for the rows: what a browser may keep in its cache, Chromium reads at full speed, however slow the page
        // is.
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

    /// Else Erlang would make all the rows, at full speed, and nobody would get them.
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
            // Said below.
        }
        throw new BadRequest(400, "n is a number of rows, from 1 to " + MAX_ROWS);
    }

    /// Who reads, for the progress: the page, or nobody that would ask for it.
    private static String reader(HttpServletRequest request) throws BadRequest {
        return request.getHeader(Pages.HEADER) == null ? "" : Pages.id(request);
    }
}
