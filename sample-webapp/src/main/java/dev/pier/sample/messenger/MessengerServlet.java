package dev.pier.sample.messenger;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Form;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Pages;
import dev.pier.sample.web.PerPage;
import dev.pier.sample.web.Problem;
import jakarta.annotation.Resource;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// The users of the messenger in browsers: `POST /messenger/logon` with `{"name"}`, `/messenger/message` with
/// `{"to","text"}`, `/messenger/logoff`. Each open page can have one user.
///
/// Each request sends a message to the messenger's server and returns 202. The server's answers and other users'
/// messages reach the page as the event `messenger`. When the page is closed, its user's process ends. `GET /messenger`
/// returns whether the page has a user.
@WebServlet(urlPatterns = "/messenger/*", loadOnStartup = 1)
public final class MessengerServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String EVENT = "messenger";
    private static final int MAX_NAME = 30;
    private static final int MAX_TEXT = 1000;

    @Resource(name = "erlang/node")
    ErlangNode node;

    /// The node on which the messenger's server runs.
    @Resource(name = "erlang/backend")
    Peer backend;

    private final PerPage<MessengerUser> users = new PerPage<>(this::user);

    @Override
    public void init() {
        users.follow(Pages.of(getServletContext()));
    }

    private MessengerUser user(String page) {
        Pages pages = Pages.of(getServletContext());
        return new MessengerUser(node, backend.nodeName(), event -> pages.publish(page, EVENT, event));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            boolean alive = users.find(request).map(MessengerUser::isAlive).orElse(false);
            Json.object().put("alive", alive).send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            MessengerUser user = users.of(request);
            switch (request.getPathInfo()) {
                case "/logon" -> user.logOn(Form.of(request).text("name", MAX_NAME));
                case "/message" -> {
                    Form form = Form.of(request);
                    user.message(form.text("to", MAX_NAME), form.text("text", MAX_TEXT));
                }
                case "/logoff" -> user.logOff();
                case null, default ->
                    throw new BadRequest(
                            404, "the path must be /messenger/logon, /messenger/message or /messenger/logoff");
            }
            response.setStatus(HttpServletResponse.SC_ACCEPTED);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }
}
