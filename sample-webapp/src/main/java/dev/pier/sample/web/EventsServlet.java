package dev.pier.sample.web;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// `GET /events?page=ID`: the page's stream of server-sent events. It lasts as long as the page is open and occupies
/// the request's own (virtual) thread.
///
/// A browser that loses the connection reconnects by itself and gets the events that were queued meanwhile; what was
/// already written to the lost connection is gone. A page that does not reconnect within [#GRACE] counts as closed.
@WebServlet("/events")
public final class EventsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /// HTTP reveals a disconnect only on write, and only the second write fails.
    private static final Duration HEARTBEAT = Duration.ofMillis(400);

    private static final Duration GRACE = Duration.ofSeconds(2);

    private static final String TYPE = "text/event-stream";
    private static final String FIRST_FRAME = "retry: 500\n\n";
    private static final String HEARTBEAT_FRAME = ":\n\n";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Pages pages = Pages.of(getServletContext());
        String id = request.getParameter("page");
        Page page;
        try {
            page = pages.open(id);
        } catch (BadRequest e) {
            Problem.send(response, e.status(), e.sentence());
            return;
        }
        int connection = page.connect();
        try {
            stream(page, connection, response);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The server is stopping.
        } finally {
            if (page.isCurrent(connection)) {
                pages.close(id, page);
            }
        }
    }

    /// Without this, a `HEAD` request would run the stream for ever: its body is discarded, so no write ever fails.
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
            String frame = FIRST_FRAME;
            while (page.isCurrent(connection)) {
                out.write((frame == null ? HEARTBEAT_FRAME : frame).getBytes(StandardCharsets.UTF_8));
                response.flushBuffer();
                frame = page.take(HEARTBEAT);
            }
        } catch (IOException _) {
            // Either the page is closed or only the connection is lost: leave the browser time to reconnect.
            Thread.sleep(GRACE);
        }
    }
}
