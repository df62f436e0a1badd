package dev.pier.erlang.servlet;

import dev.pier.erlang.BadBody;
import dev.pier.erlang.ErlangException;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;

/// Ends the uploads of a request with the request: the container uses its streams for another one afterwards.
///
/// *Threads.* The thread that ends the request.
final class UploadEnd implements AsyncListener {
    private UploadEnd() {}

    /// To be called when the filters and the servlet have returned.
    static void after(ServletRequest request) {
        if (!Upload.hasAny(request)) {
            return;
        }
        if (!request.isAsyncStarted() || !withAsyncWork(request)) {
            Upload.closeAll(request);
        }
    }

    /// Ends the uploads with the asynchronous work of the request.
    ///
    /// @return false if that has ended meanwhile
    static boolean withAsyncWork(ServletRequest request) {
        try {
            request.getAsyncContext().addListener(new UploadEnd());
            return true;
        } catch (IllegalStateException ended) {
            return false;
        }
    }

    /// The failure as the client has caused it, if it has: a reader ends when its upload does.
    static ErlangException blame(ErlangException e, ServletRequest request) {
        Exception ofBody = Upload.failure(request);
        return ofBody == null
                ? e
                : new BadBody(BadBody.Kind.INCOMPLETE, "the body ended before it was complete", 0, 0, ofBody);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        Upload.closeAll(event.getAsyncContext().getRequest());
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        Upload.closeAll(event.getAsyncContext().getRequest());
    }

    @Override
    public void onError(AsyncEvent event) {
        Upload.closeAll(event.getAsyncContext().getRequest());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // Starting again removes the listeners.
        event.getAsyncContext().addListener(this);
    }
}
