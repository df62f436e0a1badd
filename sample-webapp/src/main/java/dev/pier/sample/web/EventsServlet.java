package dev.pier.sample.web;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// `GET /events?page=ID`: everything that a page is to know as it happens, as server-sent events. It lasts as long as
/// the page is open, on the request's own (virtual) thread.
///
/// A browser that loses the connection comes back by itself, and finds what has happened meanwhile, but for what was
/// written to the connection that it lost. One that does not come back within [#GRACE] is taken for closed.
@WebServlet("/events")
public final class EventsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /// Only who writes learns that the browser has gone, and only the second write fails.
    private static final Duration HEARTBEAT = Duration.ofMillis(400);

    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final String TYPE = "text/event-stream";
    private static final String BEGINNING = "retry: 500\n\n";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Pages pages = Pages.of(getServletContext());
        String id = request.getParameter("page");
        Page page;
        try {
            page = pages.enter(id);
        } catch (BadRequest e) {
            Problem.send(response, e.status(), e.sentence());
            return;
        }
        int connection = page.connect();
        try {
            stream(page, connection, response);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The application ends.
        } finally {
            if (page.isCurrent(connection)) {
                pages.leave(id, page);
            }
        }
    }

    /// Else it would write for good: what is written after the headers goes nowhere, and so never fails.
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) {
        response.setContentType(TYPE);
    }

    private static void stream(Page page, int connection, HttpServletResponse response) throws InterruptedException {
        response.setContentType(TYPE);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        try {
            OutputStream out = response.getOutputStream();
            String frame = BEGINNING;
            while (page.isCurrent(connection)) {
                out.write((frame == null ? ":\n\n" : frame).getBytes(StandardCharsets.UTF_8));
                response.flushBuffer();
                frame = page.take(HEARTBEAT);
            }
        } catch (IOException _) {
            // The browser has gone, or only the connection: it has a moment to come back.
            Thread.sleep(GRACE);
        }
    }
}
