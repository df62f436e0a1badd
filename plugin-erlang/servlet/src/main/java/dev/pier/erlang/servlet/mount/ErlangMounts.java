package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.servlet.http.HttpServlet;
import java.time.Duration;

/// Servlets that serve Erlang functions and web applications, as `erlang.mounts` of `server.conf` does:
///
/// ```java
/// HttpServlet users = ErlangMounts.servlet(backend, Gateway.call("users", "find"));
/// context.addServlet("users", users).addMapping("/users");
/// ```
///
/// Failures are answered as [dev.pier.erlang.servlet.ErlangErrors] says, also without that filter.
public final class ErlangMounts {
    /// How long an answer may take to begin, unless the caller says otherwise.
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private ErlangMounts() {}

    /// A servlet in an application of the server, which offers the node.
    ///
    /// The servlet fails to start if the servlet context has no `erlang/node`; use
    /// [#servlet(ErlangNode, Peer, Gateway, Duration, MountObserver)] in another container.
    public static HttpServlet servlet(Peer peer, Gateway gateway) {
        return servlet(peer, gateway, DEFAULT_TIMEOUT);
    }

    /// The same.
    ///
    /// @param timeout how long an answer may take to begin
    public static HttpServlet servlet(Peer peer, Gateway gateway, Duration timeout) {
        return new MountServlet(null, peer, gateway, timeout, MountObserver.NONE);
    }

    /// A servlet with a node.
    ///
    /// @param timeout how long an answer may take to begin
    public static HttpServlet servlet(
            ErlangNode node, Peer peer, Gateway gateway, Duration timeout, MountObserver observer) {
        return new MountServlet(node, peer, gateway, timeout, observer);
    }
}
