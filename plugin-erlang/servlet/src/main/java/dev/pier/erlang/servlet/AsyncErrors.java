package dev.pier.erlang.servlet;

import dev.pier.erlang.ErlangException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request whose work in [AsyncContext#start] answers with [ErlangErrors] when it fails with an [ErlangException].
/// Without it, the container logs the exception, and the client waits for the timeout of the request.
///
/// The parts of a form that it returns are arguments of calls: [UploadPart].
///
/// *Threads.* Safe for the threads that may use a request.
final class AsyncErrors extends HttpServletRequestWrapper {
    private static final String FAILURE = AsyncErrors.class.getName() + ".failure";

    AsyncErrors(HttpServletRequest request) {
        super(request);
    }

    /// The failure of the work for which a request was dispatched again.
    static @Nullable ErlangException takeFailure(ServletRequest request) {
        if (!(request.getAttribute(FAILURE) instanceof ErlangException failure)) {
            return null;
        }
        request.removeAttribute(FAILURE);
        return failure;
    }

    @Override
    public @Nullable Part getPart(String name) throws IOException, ServletException {
        Part part = super.getPart(name);
        return part == null ? null : new UploadPart(part, this);
    }

    @Override
    public Collection<Part> getParts() throws IOException, ServletException {
        List<Part> parts = new ArrayList<>();
        for (Part part : super.getParts()) {
            parts.add(new UploadPart(part, this));
        }
        return parts;
    }

    @Override
    public AsyncContext startAsync() {
        return new Guarded(super.startAsync());
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        return new Guarded(super.startAsync(request, response));
    }

    @Override
    public AsyncContext getAsyncContext() {
        return new Guarded(super.getAsyncContext());
    }

    /// Dispatches the request again when its work fails, so that the filter answers: it can also abort a response that
    /// has begun.
    private record Guarded(AsyncContext context) implements AsyncContext {
        @Override
        public void start(Runnable work) {
            context.start(() -> run(work));
        }

        private void run(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException e) {
                Optional<ErlangException> failure = ErlangFailure.in(e);
                if (failure.isEmpty()) {
                    throw e;
                }
                dispatch(failure.get());
            }
        }

        private void dispatch(ErlangException failure) {
            try {
                context.getRequest().setAttribute(FAILURE, failure);
                context.dispatch();
            } catch (IllegalStateException _) {
                // The work has completed the request before it failed.
                ErlangErrors.logAndDescribe(failure);
            }
        }

        @Override
        public ServletRequest getRequest() {
            return context.getRequest();
        }

        @Override
        public ServletResponse getResponse() {
            return context.getResponse();
        }

        @Override
        public boolean hasOriginalRequestAndResponse() {
            return context.hasOriginalRequestAndResponse();
        }

        @Override
        public void dispatch() {
            context.dispatch();
        }

        @Override
        public void dispatch(String path) {
            context.dispatch(path);
        }

        @Override
        public void dispatch(ServletContext servletContext, String path) {
            context.dispatch(servletContext, path);
        }

        @Override
        public void complete() {
            context.complete();
        }

        @Override
        public void addListener(AsyncListener listener) {
            context.addListener(listener);
        }

        @Override
        public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
            context.addListener(listener, request, response);
        }

        @Override
        public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
            return context.createListener(type);
        }

        @Override
        public void setTimeout(long millis) {
            context.setTimeout(millis);
        }

        @Override
        public long getTimeout() {
            return context.getTimeout();
        }
    }
}
