package dev.pier.sample.messenger;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.term.Term;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Legible;
import dev.pier.sample.web.PerPage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The user of the messenger on one open page. Publishes what happens to the user to the page.
///
/// A client that the server has stopped has ended, as in Erlang; the user's next action starts a new client. Safe for
/// many threads.
final class MessengerUser implements MessengerClient.Listener, PerPage.Owned {
    private final ErlangNode node;
    private final String serverNode;
    private final Consumer<Json> page;

    private final Object lock = new Object();

    /// Guarded by `lock`.
    private @Nullable MessengerClient client;

    /// @param page receives the events for the page; must not block
    MessengerUser(ErlangNode node, String serverNode, Consumer<Json> page) {
        this.node = node;
        this.serverNode = serverNode;
        this.page = page;
    }

    void logOn(String name) {
        client().logOn(name);
    }

    /// Sends a message. If the user is not logged on, the server answers `you_are_not_logged_on`.
    void message(String to, String text) {
        client().message(to, text);
    }

    void logOff() {
        MessengerClient ending = detach();
        if (ending != null) {
            ending.logOff();
        }
    }

    boolean isAlive() {
        synchronized (lock) {
            return client != null;
        }
    }

    /// Called when the page is closed.
    @Override
    public void close() {
        MessengerClient ending = detach();
        if (ending != null) {
            ending.close();
        }
    }

    private @Nullable MessengerClient detach() {
        synchronized (lock) {
            MessengerClient detached = client;
            client = null;
            return detached;
        }
    }

    private MessengerClient client() {
        synchronized (lock) {
            if (client == null) {
                client = MessengerClient.start(node, serverNode, this);
            }
            return client;
        }
    }

    @Override
    public void answered(String answer) {
        page.accept(Json.object().put("kind", "answer").put("what", answer));
    }

    @Override
    public void message(Term from, Term text) {
        page.accept(Json.object()
                .put("kind", "message")
                .put("from", Legible.of(from))
                .put("text", Legible.of(text)));
    }

    @Override
    public void stopped(MessengerClient stopped, String reason) {
        synchronized (lock) {
            if (client != stopped) {
                return;
            }
            client = null;
            page.accept(Json.object().put("kind", "stop").put("why", reason));
        }
    }
}
