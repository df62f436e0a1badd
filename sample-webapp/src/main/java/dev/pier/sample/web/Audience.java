package dev.pier.sample.web;

import dev.pier.erlang.Mailbox;
import dev.pier.erlang.ProcessEnded;
import jakarta.servlet.ServletContext;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The open pages of this application: the mailbox behind each page's stream of events ([EventsServlet]). An
/// event that is published is a message to each mailbox, as Erlang could send it, too. Safe for many threads;
/// publishing never blocks.
public final class Audience {
    static final int MAX_PAGES = 500;

    private static final Object CREATION = new Object();

    private final Set<Mailbox> pages = ConcurrentHashMap.newKeySet();

    private Audience() {}

    /// The pages of the application that has this context.
    public static Audience of(ServletContext context) {
        synchronized (CREATION) {
            Audience audience = (Audience) context.getAttribute(Audience.class.getName());
            if (audience == null) {
                audience = new Audience();
                context.setAttribute(Audience.class.getName(), audience);
            }
            return audience;
        }
    }

    /// Publishes an event to all open pages.
    ///
    /// @param event the event's name: by convention, the name of the card
    /// @param data plain values and terms, which the pages get as JSON
    public void publish(String event, Object data) {
        for (Mailbox page : pages) {
            try {
                page.send(page.self(), List.of(event, data));
            } catch (ProcessEnded _) {
                // The page has just been closed; its request removes it.
            }
        }
    }

    /// Whether no page is open.
    public boolean isEmpty() {
        return pages.isEmpty();
    }

    /// @throws BadRequest if too many pages are open
    void add(Mailbox page) throws BadRequest {
        if (pages.size() >= MAX_PAGES) {
            throw new BadRequest(503, "too many open pages: at most " + MAX_PAGES);
        }
        pages.add(page);
    }

    void remove(Mailbox page) {
        pages.remove(page);
    }
}
