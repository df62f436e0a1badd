package dev.pier.server.webapp;

import jakarta.servlet.http.HttpUpgradeHandler;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Attributes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A channel that ends a request whose upgrade fails.
///
/// Jetty 12.1 tries a failed upgrade again, without end and with a log line each time: for instance if a servlet calls
/// `upgrade` and then `flushBuffer`, which sends the response before the upgrade.
///
/// *Threads.* Runs on the thread of the request.
final class UpgradeSafeChannel extends ServletChannel {
    private static final Logger log = LoggerFactory.getLogger(UpgradeSafeChannel.class);

    private boolean upgrading;

    private UpgradeSafeChannel(ServletContextHandler context, Request request) {
        super(context, request);
    }

    /// Makes Jetty use such a channel for a request, as it uses its own: one for all requests of a connection to the
    /// same application.
    static void install(ServletContextHandler context, Request request) {
        Attributes cache = request.getComponents().getCache();
        boolean reusable = cache.getAttribute(ServletChannel.class.getName()) instanceof UpgradeSafeChannel channel
                && channel.getServletContextHandler().equals(context)
                && !channel.isAborted();
        if (!reusable) {
            cache.setAttribute(ServletChannel.class.getName(), new UpgradeSafeChannel(context, request));
        }
    }

    @Override
    public void upgrade(HttpUpgradeHandler handler) {
        super.upgrade(handler);
        upgrading = true;
    }

    @Override
    protected void handleException(Throwable failure) {
        if (!upgrading) {
            super.handleException(failure);
            return;
        }
        upgrading = false;
        log.warn(
                "The upgrade of {} failed",
                getServletContextRequest().getHttpURI().getPath(),
                failure);
        abort(failure);
    }
}
