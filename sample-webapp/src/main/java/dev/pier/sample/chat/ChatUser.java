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

/// The user of the chat on one open page, which is told what the user hears. Safe for many threads.
final class ChatUser implements ChatClient.Listener, PerPage.Owned {
    private final Door door;
    private final Consumer<Json> page;

    /// Guarded by this; the lock is never held while the chat is asked something.
    private @Nullable ChatClient client;

    /// Guarded by this.
    private boolean closed;

    /// Where a user gets a node.
    @FunctionalInterface
    interface Door {
        ChatNodes.Lease open() throws IOException;
    }

    /// @param page is told, and does not wait
    ChatUser(Door door, Consumer<Json> page) {
        this.door = door;
        this.page = page;
    }

    /// @return what the page is answered
    /// @throws BadRequest if the chat does not want this user, or there is no node to be had
    Json join(String nick) throws BadRequest {
        if (current() != null) {
            throw new BadRequest(409, "this page is in the chat already");
        }
        ChatClient joined = enter(nick);
        if (!keep(joined)) {
            joined.leave();
            throw new BadRequest(409, "this page is in the chat already, or was closed");
        }
        return Json.object()
                .put("nick", nick)
                .put("node", joined.nodeName())
                .put("present", readable(joined.present()));
    }

    private ChatClient enter(String nick) throws BadRequest {
        try {
            return ChatClient.join(door.open(), nick, this);
        } catch (ChatClient.Refused e) {
            throw new BadRequest(409, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new BadRequest(503, "no node for you: " + e.getMessage());
        }
    }

    void say(String text) throws BadRequest {
        required().say(text);
    }

    void sayTo(String receiver, String text) throws BadRequest {
        required().sayTo(receiver, text);
    }

    void leave() {
        ChatClient leaving = takeAway(false);
        if (leaving != null) {
            leaving.leave();
        }
    }

    /// The page has gone.
    @Override
    public void close() {
        ChatClient leaving = takeAway(true);
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

    private synchronized @Nullable ChatClient current() {
        return client;
    }

    private synchronized boolean keep(ChatClient joined) {
        boolean kept = client == null && !closed;
        if (kept) {
            client = joined;
        }
        return kept;
    }

    private synchronized @Nullable ChatClient takeAway(boolean forGood) {
        ChatClient taken = client;
        client = null;
        closed |= forGood;
        return taken;
    }

    @Override
    public void said(Term from, Term text) {
        page.accept(said("message", from, text));
    }

    @Override
    public void saidToYouAlone(Term from, Term text) {
        page.accept(said("private", from, text));
    }

    private static Json said(String kind, Term from, Term text) {
        return Json.object().put("kind", kind).put("from", Legible.of(from)).put("text", Legible.of(text));
    }

    @Override
    public void present(List<Term> nicks) {
        page.accept(Json.object().put("kind", "present").put("present", readable(nicks)));
    }

    @Override
    public void serverGone(Term reason) {
        ChatClient left = takeAway(false);
        if (left != null) {
            left.close();
        }
        page.accept(Json.object().put("kind", "gone").put("why", reason.toString()));
    }

    private static List<String> readable(List<Term> nicks) {
        return nicks.stream().map(Legible::of).toList();
    }
}
