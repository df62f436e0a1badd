package dev.pier.sample.web;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The open pages of this application, one per browser tab, and the way to publish events to them. Each page has one
/// stream of events for all its cards ([EventsServlet]), because a browser opens at most six connections to a server.
///
/// A page is identified by a secret that it generates and sends with every request whose answer is an event. Safe for
/// many threads; publishing never blocks.
public final class Pages {
    /// The request header with the page's secret.
    public static final String HEADER = "X-Pier-Page";

    static final int MAX_PAGES = 500;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private static final Object CREATION = new Object();

    private final Map<String, Page> open = new ConcurrentHashMap<>();
    private final List<Consumer<String>> closeListeners = new CopyOnWriteArrayList<>();

    private Pages() {}

    /// The pages of the application that has this context.
    public static Pages of(ServletContext context) {
        synchronized (CREATION) {
            Pages pages = (Pages) context.getAttribute(Pages.class.getName());
            if (pages == null) {
                pages = new Pages();
                context.setAttribute(Pages.class.getName(), pages);
            }
            return pages;
        }
    }

    /// The id of the page that sent a request.
    ///
    /// @throws BadRequest if the request has no valid page id, or the page is not open
    public String of(HttpServletRequest request) throws BadRequest {
        String id = id(request);
        if (!open.containsKey(id)) {
            throw new BadRequest(412, "the page has no open stream of events");
        }
        return id;
    }

    /// The same for a page that need not be open.
    ///
    /// @throws BadRequest if the request has no valid page id
    public static String id(HttpServletRequest request) throws BadRequest {
        return checked(request.getHeader(HEADER));
    }

    /// Publishes an event to one page. Does nothing if the page is closed.
    ///
    /// @param event the event's name: by convention, the name of the card
    public void publish(String page, String event, Json data) {
        Page receiver = open.get(page);
        if (receiver != null) {
            receiver.offer(frame(event, data));
        }
    }

    /// Publishes an event to all open pages.
    public void publishToAll(String event, Json data) {
        String frame = frame(event, data);
        open.values().forEach(page -> page.offer(frame));
    }

    /// Whether no page is open.
    public boolean isEmpty() {
        return open.isEmpty();
    }

    /// Calls the listener with the id of each page that is closed or has not reconnected in time.
    public void onClose(Consumer<String> listener) {
        closeListeners.add(listener);
    }

    /// Opens a page, or returns the open page with this id.
    ///
    /// @throws BadRequest if the id is not valid, or too many pages are open
    Page open(@Nullable String id) throws BadRequest {
        Page known = open.get(checked(id));
        if (known != null) {
            return known;
        }
        if (open.size() >= MAX_PAGES) {
            throw new BadRequest(503, "too many open pages: at most " + MAX_PAGES);
        }
        return open.computeIfAbsent(id, _ -> new Page());
    }

    void close(String id, Page page) {
        if (open.remove(id, page)) {
            closeListeners.forEach(listener -> listener.accept(id));
        }
    }

    private static String checked(@Nullable String id) throws BadRequest {
        if (id == null || !ID.matcher(id).matches()) {
            throw new BadRequest(400, "a page id has 32 lower-case hexadecimal digits");
        }
        return id;
    }

    private static String frame(String event, Json data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }
}
