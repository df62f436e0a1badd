package dev.pier.sample.chat;

import dev.pier.erlang.term.Term;
import dev.pier.sample.web.BadRequest;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Legible;
import dev.pier.sample.web.PerPage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The user of the chat on one open page. Publishes what happens in the chat to the page. Safe for many threads.
final class ChatUser implements ChatClient.Listener, PerPage.Owned {
    private final NodeFactory nodes;
    private final Consumer<Json> page;

    /// Never held while the chat is called.
    private final Object lock = new Object();

    /// Guarded by `lock`.
    private @Nullable ChatClient client;

    /// Guarded by `lock`.
    private boolean closed;

    /// Opens a node for the user.
    @FunctionalInterface
    interface NodeFactory {
        ChatNodes.Lease open() throws IOException;
    }

    /// @param page receives the events for the page; must not block
    ChatUser(NodeFactory nodes, Consumer<Json> page) {
        this.nodes = nodes;
        this.page = page;
    }

    /// Joins the chat.
    ///
    /// @return the body of the response to the page
    /// @throws BadRequest if the chat rejects the nick, or no node can be opened
    Json join(String nick) throws BadRequest {
        if (current() != null) {
            throw new BadRequest(409, "this page has already joined the chat");
        }
        ChatClient joined = connect(nick);
        if (!keep(joined)) {
            joined.leave();
            throw new BadRequest(409, "this page has already joined the chat, or is closed");
        }
        return Json.object()
                .put("nick", nick)
                .put("node", joined.nodeName())
                .put("present", legible(joined.usersAtJoin()));
    }

    private ChatClient connect(String nick) throws BadRequest {
        try {
            return ChatClient.join(nodes.open(), nick, this);
        } catch (ChatClient.Rejected e) {
            throw new BadRequest(409, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new BadRequest(503, "cannot open a node for the user: " + e.getMessage());
        }
    }

    void say(String text) throws BadRequest {
        required().say(text);
    }

    void sayTo(String receiver, String text) throws BadRequest {
        required().sayTo(receiver, text);
    }

    void leave() {
        ChatClient leaving = detach(false);
        if (leaving != null) {
            leaving.leave();
        }
    }

    /// Called when the page is closed.
    @Override
    public void close() {
        ChatClient leaving = detach(true);
        if (leaving != null) {
            leaving.close();
        }
    }

    private ChatClient required() throws BadRequest {
        ChatClient required = current();
        if (required == null) {
            throw new BadRequest(409, "join the chat first");
        }
        return required;
    }

    Optional<String> nick() {
        return Optional.ofNullable(current()).map(ChatClient::nick);
    }

    private @Nullable ChatClient current() {
        synchronized (lock) {
            return client;
        }
    }

    private boolean keep(ChatClient joined) {
        synchronized (lock) {
            boolean kept = client == null && !closed;
            if (kept) {
                client = joined;
            }
            return kept;
        }
    }

    private @Nullable ChatClient detach(boolean permanently) {
        synchronized (lock) {
            ChatClient detached = client;
            client = null;
            closed |= permanently;
            return detached;
        }
    }

    @Override
    public void message(Term from, Term text) {
        page.accept(message("message", from, text));
    }

    @Override
    public void privateMessage(Term from, Term text) {
        page.accept(message("private", from, text));
    }

    private static Json message(String kind, Term from, Term text) {
        return Json.object().put("kind", kind).put("from", Legible.of(from)).put("text", Legible.of(text));
    }

    @Override
    public void usersChanged(List<Term> nicks) {
        page.accept(Json.object().put("kind", "present").put("present", legible(nicks)));
    }

    @Override
    public void serverDown(Term reason) {
        ChatClient left = detach(false);
        if (left != null) {
            left.close();
        }
        page.accept(Json.object().put("kind", "gone").put("why", reason.toString()));
    }

    private static List<String> legible(List<Term> nicks) {
        return nicks.stream().map(Legible::of).toList();
    }
}
