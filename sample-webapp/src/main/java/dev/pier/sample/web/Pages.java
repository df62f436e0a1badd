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

/// The pages that are open in browsers, a tab each, and the way to tell them something: each has one stream of events
/// for all its cards ([EventsServlet]), because a browser opens no more than six connections to a server.
///
/// A page is known by a secret that it has made itself and sends with every request that it wants to be answered by an
/// event. Safe for many threads; telling never waits.
public final class Pages {
    /// The request header with the page's secret.
    public static final String HEADER = "X-Pier-Page";

    static final int MOST = 500;

    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

    private final Map<String, Page> open = new ConcurrentHashMap<>();
    private final List<Consumer<String>> whenGone = new CopyOnWriteArrayList<>();

    private Pages() {}

    /// Those of this application.
    public static Pages of(ServletContext context) {
        synchronized (Pages.class) {
            Pages pages = (Pages) context.getAttribute(Pages.class.getName());
            if (pages == null) {
                pages = new Pages();
                context.setAttribute(Pages.class.getName(), pages);
            }
            return pages;
        }
    }

    /// The page that a request comes from.
    ///
    /// @throws BadRequest if the request names none, or one that is not open
    public String of(HttpServletRequest request) throws BadRequest {
        String id = id(request);
        if (!open.containsKey(id)) {
            throw new BadRequest(412, "the page has no stream of events");
        }
        return id;
    }

    /// The same, whether it is open or not.
    ///
    /// @throws BadRequest if the request names none
    public static String id(HttpServletRequest request) throws BadRequest {
        return checked(request.getHeader(HEADER));
    }

    /// Tells one page something; does nothing if it is not open any more.
    ///
    /// @param event the event's name, the card's by custom
    public void tell(String page, String event, Json data) {
        Page told = open.get(page);
        if (told != null) {
            told.offer(frame(event, data));
        }
    }

    public void tellAll(String event, Json data) {
        String frame = frame(event, data);
        open.values().forEach(page -> page.offer(frame));
    }

    /// Whether nobody would hear it.
    public boolean isEmpty() {
        return open.isEmpty();
    }

    /// Has somebody called with each page that is gone: closed, or not reached for some seconds.
    public void whenGone(Consumer<String> listener) {
        whenGone.add(listener);
    }

    /// @throws BadRequest if there are too many already
    Page enter(String id) throws BadRequest {
        Page known = open.get(checked(id));
        if (known != null) {
            return known;
        }
        if (open.size() >= MOST) {
            throw new BadRequest(503, MOST + " pages are open");
        }
        return open.computeIfAbsent(id, _ -> new Page());
    }

    void leave(String id, Page page) {
        if (open.remove(id, page)) {
            whenGone.forEach(listener -> listener.accept(id));
        }
    }

    private static String checked(@Nullable String id) throws BadRequest {
        if (id == null || !ID.matcher(id).matches()) {
            throw new BadRequest(400, "a page is known by 32 hexadecimal digits");
        }
        return id;
    }

    private static String frame(String event, Json data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }
}
