package dev.pier.sample.messenger;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.term.Term;
import dev.pier.sample.web.Json;
import dev.pier.sample.web.Legible;
import dev.pier.sample.web.PerPage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The user of the messenger on one open page, which is told what happens to the user.
///
/// A client that the server has stopped is done for, as in Erlang; what the user does next begins a new one. Safe for
/// many threads.
final class MessengerUser implements MessengerClient.Listener, PerPage.Owned {
    private final ErlangNode node;
    private final String serverNode;
    private final Consumer<Json> page;

    /// Guarded by this.
    private @Nullable MessengerClient client;

    /// @param page is told, and does not wait
    MessengerUser(ErlangNode node, String serverNode, Consumer<Json> page) {
        this.node = node;
        this.serverNode = serverNode;
        this.page = page;
    }

    void logOn(String name) {
        client().logOn(name);
    }

    /// Who is not logged on is told so by the server.
    void message(String to, String text) {
        client().message(to, text);
    }

    synchronized void logOff() {
        if (client != null) {
            client.logOff();
            client = null;
        }
    }

    synchronized boolean isAlive() {
        return client != null;
    }

    /// The page has gone.
    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
            client = null;
        }
    }

    private synchronized MessengerClient client() {
        if (client == null) {
            client = MessengerClient.start(node, serverNode, this);
        }
        return client;
    }

    @Override
    public void answered(String what) {
        page.accept(Json.object().put("kind", "answer").put("what", what));
    }

    @Override
    public void message(Term from, Term text) {
        page.accept(Json.object()
                .put("kind", "message")
                .put("from", Legible.of(from))
                .put("text", Legible.of(text)));
    }

    @Override
    public synchronized void stopped(MessengerClient stopped, String why) {
        if (client == stopped) {
            client = null;
            page.accept(Json.object().put("kind", "stop").put("why", why));
        }
    }
}
