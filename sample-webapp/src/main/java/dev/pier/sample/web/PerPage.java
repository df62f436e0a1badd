package dev.pier.sample.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// One object per open page, created on the page's first request and closed with the page. Safe for many threads.
public final class PerPage<T extends PerPage.Owned> {
    private final Function<String, T> factory;
    private final Map<String, T> byPage = new ConcurrentHashMap<>();

    /// An object that belongs to one page. May be closed more than once.
    public interface Owned extends AutoCloseable {
        @Override
        void close();
    }

    /// @param factory creates the object; its argument is the page id, as [Pages#publish] takes it
    public PerPage(Function<String, T> factory) {
        this.factory = factory;
    }

    /// Closes the objects of pages that are closed. To be called once, before the first request.
    public void follow(Pages pages) {
        pages.onClose(this::end);
    }

    /// The object of the page that sent a request, created if necessary.
    ///
    /// @throws BadRequest if the request has no valid page id, or the page is not open
    public T of(HttpServletRequest request) throws BadRequest {
        Pages pages = Pages.of(request.getServletContext());
        String page = pages.of(request);
        T owned = byPage.computeIfAbsent(page, factory);
        try {
            pages.of(request);
        } catch (BadRequest closed) {
            // The page was closed just before the object was created, so the listener has not closed it.
            end(page);
            throw closed;
        }
        return owned;
    }

    /// The object of the page that sent a request, if it has been created and not closed.
    ///
    /// @throws BadRequest if the request has no valid page id
    public Optional<T> find(HttpServletRequest request) throws BadRequest {
        return Optional.ofNullable(byPage.get(Pages.id(request)));
    }

    private void end(String page) {
        T owned = byPage.remove(page);
        if (owned != null) {
            owned.close();
        }
    }
}
