package dev.pier.server.websocket;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/// Opens sockets. The last filter of an application: its own filters decide about a handshake as about any request.
///
/// *Threads.* Safe for all threads.
public final class UpgradeFilter extends HttpFilter {
    private static final long serialVersionUID = 1;

    private final transient SocketContainer container;

    UpgradeFilter(SocketContainer container) {
        this.container = container;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!Handshake.isRequested(request) || !container.upgrade(request, response)) {
            chain.doFilter(request, response);
        }
    }
}
