package dev.pier.sample.guestbook;

import dev.pier.erlang.Peer;
import dev.pier.erlang.ReturnedError;
import dev.pier.erlang.servlet.JsonResponses;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Form;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// `GET /guestbook?before=11`: five entries of the guest book, newest first. `POST /guestbook` adds an entry.
///
/// Mnesia stores the entries on the Erlang node's disk. Like any caller, this servlet sees only the functions of
/// `guestbook.erl`.
@WebServlet("/guestbook")
public final class GuestBookServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final int PAGE = 5;
    private static final int MAX_NAME = 40;
    private static final int MAX_TEXT = 500;

    @Resource(name = "erlang/backend")
    Peer backend;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            response.setHeader("Cache-Control", "no-store");
            JsonResponses.write(backend.call("guestbook", "page", before(request), PAGE), response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Form form = Form.of(request);
            String name = form.text("name", MAX_NAME);
            String text = form.text("text", MAX_TEXT);
            JsonResponses.write(backend.call("guestbook", "add", name, text).ok(), response);
        } catch (ReturnedError e) {
            Problem.send(response, 409, "the guest book is " + e.reason()); // The only error is {error, full}.
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    private static int before(HttpServletRequest request) throws BadRequest {
        String before = request.getParameter("before");
        try {
            int id = before == null ? 0 : Integer.parseInt(before);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException _) {
            // Reported below, like a negative number.
        }
        throw new BadRequest(400, "before must be the number of an entry");
    }
}
