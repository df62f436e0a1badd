package dev.pier.server.session;

import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler.ServletContextApi;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.ee11.servlet.ServletHandler.MappedServlet;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Session;
import org.eclipse.jetty.session.AbstractSessionManager.RequestedSession;
import org.eclipse.jetty.session.ManagedSession;
import org.jspecify.annotations.Nullable;

/// A request of an application, whose session is looked up when the application first asks for it. Jetty looks up the
/// session of each request with a cookie; with a shared store, each static file would then cost a question to it.
///
/// *Threads.* For one thread at a time, like the request in the application.
///
/// *Hazard.* A request that never asks for its session does not count as a use of it.
public final class AppRequest extends ServletContextRequest {
    private final AppSessionHandler sessions;
    private boolean resolved;
    private @Nullable SessionUnavailableException failure;

    AppRequest(
            AppSessionHandler sessions,
            ServletContextApi context,
            ServletChannel channel,
            Request request,
            Response response,
            String path,
            MatchedResource<MappedServlet> servlet) {
        super(context, channel, request, response, path, servlet, sessions);
        this.sessions = sessions;
    }

    /// The session that the application has got so far. Looks up nothing.
    @Nullable
    ManagedSession usedSession() {
        return super.getManagedSession();
    }

    @Override
    public @Nullable ManagedSession getManagedSession() {
        resolve();
        return super.getManagedSession();
    }

    @Override
    public @Nullable RequestedSession getRequestedSession() {
        resolve();
        return super.getRequestedSession();
    }

    @Override
    public @Nullable Session getSession(boolean create) {
        resolve();
        return super.getSession(create);
    }

    @Override
    public void setRequestedSession(RequestedSession requested) {
        resolved = true;
        super.setRequestedSession(requested);
    }

    /// Looks up the session, once.
    ///
    /// @throws SessionUnavailableException if the store cannot be asked; again at each further attempt, so that a
    ///     request waits for the store only once
    private void resolve() {
        if (failure != null) {
            throw failure;
        }
        if (resolved) {
            return;
        }
        RequestedSession requested;
        try {
            requested = sessions.resolve(this);
        } catch (SessionUnavailableException e) {
            failure = e;
            throw e;
        }
        setRequestedSession(requested);
        @Nullable HttpCookie cookie = sessions.access(requested.session(), isSecure());
        Response response = getServletContextResponse();
        if (cookie != null && !response.isCommitted()) {
            Response.putCookie(response, cookie);
        }
    }
}
