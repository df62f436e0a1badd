package dev.pier.server.session;

import dev.pier.server.http.RetryLaterException;
import dev.pier.server.session.SessionSettings.CookieSettings;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler.ServletContextApi;
import org.eclipse.jetty.ee11.servlet.ServletHandler.MappedServlet;
import org.eclipse.jetty.ee11.servlet.SessionHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.session.ManagedSession;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// Finds the sessions of an application's requests, when the application first asks for them. If a session cannot be
/// read now, the request gets 503: without its session, the application would take the user for a stranger and replace
/// the session.
///
/// *Threads.* Safe for all threads.
public final class AppSessionHandler extends SessionHandler {
    private final AppSessionCache cache;

    AppSessionHandler(
            Sessions sessions,
            ContextSessions context,
            Supplier<ClassLoader> loader,
            Predicate<Class<?>> isOfApplication) {
        CookieSettings cookie = sessions.settings().cookie();
        setHttpOnly(true);
        setSessionCookie(cookie.name());
        setSameSite(cookie.sameSite());
        setSecureRequestOnly(cookie.secure() == SessionSettings.Secure.AUTO);
        setSecureCookies(cookie.secure() == SessionSettings.Secure.ALWAYS);
        if (!cookie.pathScoped()) {
            setSessionPath("/");
        }
        setMaxInactiveInterval(sessions.timeoutSeconds());
        AttributeCodec codec = new AttributeCodec(context.path(), loader, isOfApplication);
        cache = new AppSessionCache(this, sessions, context, codec);
        setSessionCache(cache);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Handler next = getHandler();
        if (next == null || Request.as(request, AppRequest.class) == null) {
            return super.handle(request, response, callback);
        }
        addSessionStreamWrapper(request);
        try {
            return next.handle(request, response, callback);
        } catch (RetryLaterException e) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, RetryLaterException.RETRY_AFTER);
            Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503, e.getMessage());
            return true;
        }
    }

    /// Creates a request of the application in `context`.
    public AppRequest newRequest(
            ServletContextApi context,
            ServletChannel channel,
            Request request,
            Response response,
            String path,
            MatchedResource<MappedServlet> servlet) {
        return new AppRequest(this, context, channel, request, response, path, servlet);
    }

    /// Looks up the session of a request, and enters it.
    ///
    /// @throws SessionUnavailableException if the store cannot be asked
    RequestedSession resolve(Request request) {
        return resolveRequestedSessionId(request);
    }

    /// The session that a request has used so far. At the end of the request, Jetty commits and leaves it.
    @Override
    public @Nullable ManagedSession getManagedSession(Request request) {
        @Nullable AppRequest own = Request.asInContext(request, AppRequest.class);
        return own == null ? super.getManagedSession(request) : own.usedSession();
    }

    /// Finds a session by the id in a request.
    ///
    /// @throws SessionUnavailableException if the store cannot be asked
    @Override
    public @Nullable ManagedSession getManagedSession(String extendedId) {
        @Nullable ManagedSession session = cache.get(getSessionIdManager().getId(extendedId));
        if (session == null) {
            return null;
        }
        if (session.isExpiredAt(System.currentTimeMillis())) {
            session.invalidate();
            return null;
        }
        session.setExtendedId(getSessionIdManager().getExtendedId(session.getId(), null));
        if (!session.getExtendedId().equals(extendedId)) {
            session.onIdChanged();
        }
        return session;
    }
}
