package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.CallOptions;
import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import dev.pier.erlang.servlet.ErlangErrors;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Passes requests to a gateway, and answers its failures. Safe for many threads.
final class MountServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger log = LoggerFactory.getLogger(MountServlet.class);

    private static final String NODE = "erlang/node";
    private static final int RETRY_SECONDS = 5;

    private final transient @Nullable ErlangNode given;
    private final transient Peer peer;
    private final transient Gateway gateway;
    private final transient Duration timeout;
    private final transient MountObserver observer;
    private final transient ErlangErrors errors = new ErlangErrors();
    private transient @Nullable Exchange exchange;

    MountServlet(@Nullable ErlangNode node, Peer peer, Gateway gateway, Duration timeout, MountObserver observer) {
        this.given = node;
        this.peer = peer.with(new CallOptions(timeout));
        this.gateway = gateway;
        this.timeout = timeout;
        this.observer = observer;
    }

    @Override
    public void init() throws ServletException {
        ErlangNode node = given;
        if (node == null) {
            if (!(getServletContext().getAttribute(NODE) instanceof ErlangNode found)) {
                throw new ServletException("no Erlang node for " + gateway + ": the servlet context has no '" + NODE
                        + "'; use ErlangMounts.servlet(node, …)");
            }
            node = found;
        }
        exchange = switch (gateway) {
            case Gateway.Call call -> new CallExchange(call, node);
            case Gateway.Cowboy cowboy -> ConnectionExchange.of(cowboy, node, timeout);
            case Gateway.Esi esi -> new EsiExchange(esi, node, timeout);
            case Gateway.Ewgi ewgi -> new EwgiExchange(ewgi, node, timeout);
            case Gateway.Plug plug -> ConnectionExchange.of(plug, node, timeout);
        };
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        Exchange serving = exchange;
        if (serving == null) {
            throw new ServletException("not initialized");
        }
        boolean completed = false;
        try {
            Optional<String> failure = observer.failure();
            if (failure.isPresent()) {
                log.debug("{} is not served: {}", request.getRequestURI(), failure.get());
                response.setIntHeader("Retry-After", RETRY_SECONDS);
                Problem.answer(503, "The Erlang application is not available.", response);
            } else {
                Peer chosen = observer.choose(peer);
                errors.doFilter(request, response, (_, _) -> serving.serve(chosen, request, response));
            }
            completed = true;
        } finally {
            observer.answered(completed || response.isCommitted() ? response.getStatus() : 500);
        }
    }
}
