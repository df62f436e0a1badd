package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What each open page has of its own, made when it first asks and closed when it has gone. Safe for many threads.
public final class PerPage<T extends PerPage.Owned> {
    private final Function<String, T> maker;
    private final Map<String, T> made = new ConcurrentHashMap<>();

    /// Belongs to one page. May be closed more than once.
    public interface Owned extends AutoCloseable {
        @Override
        void close();
    }

    /// @param maker makes it for a page, for [Pages#tell]
    public PerPage(Function<String, T> maker) {
        this.maker = maker;
    }

    /// Has it closed when its page has gone. To be called once, before the first request.
    public void follow(Pages pages) {
        pages.whenGone(this::end);
    }

    /// That of the page that a request comes from.
    ///
    /// @throws BadRequest if the request names none, or one that is not open
    public T of(HttpServletRequest request) throws BadRequest {
        Pages pages = Pages.of(request.getServletContext());
        String page = pages.of(request);
        T owned = made.computeIfAbsent(page, maker);
        try {
            pages.of(request);
        } catch (BadRequest gone) {
            // It went in the moment before this was made, and nobody would close this.
            end(page);
            throw gone;
        }
        return owned;
    }

    /// The same, if it has been made and has not been closed.
    ///
    /// @throws BadRequest if the request names none
    public Optional<T> find(HttpServletRequest request) throws BadRequest {
        return Optional.ofNullable(made.get(Pages.id(request)));
    }

    private void end(String page) {
        T owned = made.remove(page);
        if (owned != null) {
            owned.close();
        }
    }
}
