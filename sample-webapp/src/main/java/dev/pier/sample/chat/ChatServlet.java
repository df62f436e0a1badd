package dev.pier.sample.chat;

import dev.pier.erlang.ErlangNode;
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
import java.util.Optional;

/// The users of the Elixir chat in browsers: `POST /chat/join` with `{"nick"}`, `/chat/say` with `{"text"}`,
/// `/chat/private` with `{"to","text"}`, `/chat/leave`. Each open page can have one user.
///
/// Joining is a `GenServer.call`: its response lists the users, or is 409 with the chat's reason. What other users say
/// reaches the page as the event `chat`. When the page is closed, its user leaves.
///
/// `GET /chat` returns the node of the chat's server, or null if `server.conf` has no peer `chat`: the chat needs
/// Elixir, which is not installed everywhere.
@WebServlet(urlPatterns = "/chat/*", loadOnStartup = 1)
public final class ChatServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private static final String EVENT = "chat";
    private static final int MAX_NICK = 30;
    private static final int MAX_TEXT = 1000;

    @Resource(name = "erlang/node")
    ErlangNode node;

    private final ChatNodes nodes = new ChatNodes();
    private final PerPage<ChatUser> users = new PerPage<>(this::user);

    @Override
    public void init() {
        users.follow(Pages.of(getServletContext()));
    }

    private ChatUser user(String page) {
        Pages pages = Pages.of(getServletContext());
        return new ChatUser(() -> nodes.open(node), event -> pages.publish(page, EVENT, event));
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            Optional<String> nick = users.find(request).flatMap(ChatUser::nick);
            Json.object()
                    .put("server", server().orElse(null))
                    .put("nick", nick.orElse(null))
                    .send(response);
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            if (server().isEmpty()) {
                throw new BadRequest(503, "the chat is not configured: server.conf has no peer " + ChatClient.PEER);
            }
            ChatUser user = users.of(request);
            switch (request.getPathInfo()) {
                case "/join" ->
                    user.join(Form.of(request).text("nick", MAX_NICK)).send(response);
                case "/say" -> {
                    user.say(Form.of(request).text("text", MAX_TEXT));
                    response.setStatus(HttpServletResponse.SC_ACCEPTED);
                }
                case "/private" -> {
                    Form form = Form.of(request);
                    user.sayTo(form.text("to", MAX_NICK), form.text("text", MAX_TEXT));
                    response.setStatus(HttpServletResponse.SC_ACCEPTED);
                }
                case "/leave" -> {
                    user.leave();
                    response.setStatus(HttpServletResponse.SC_ACCEPTED);
                }
                case null, default ->
                    throw new BadRequest(404, "the path must be /chat/join, /chat/say, /chat/private or /chat/leave");
            }
        } catch (BadRequest e) {
            Problem.send(request, response, e);
        }
    }

    private Optional<String> server() {
        try {
            return Optional.of(node.peer(ChatClient.PEER).nodeName());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
