package dev.pier.erlang.servlet.mount;

import dev.pier.erlang.ErlangNode;
import dev.pier.erlang.Peer;
import jakarta.servlet.http.HttpServlet;

/// Servlets that serve Erlang functions and web applications, as `erlang.mounts` of `server.conf` does:
///
/// ```java
/// context.addServlet("users", ErlangMounts.servlet(backend, Gateway.call("users",
/// "find"))).addMapping("/users");
/// ```
///
/// The timeout of the peer's options is the time that a request has for its answer to begin. Failures are
/// answered as [dev.pier.erlang.servlet.ErlangErrors] says, also without that filter.
public final class ErlangMounts {
    private ErlangMounts() {}

    /// A servlet in an application of the server, which offers the node.
    ///
    /// The servlet fails to start if the servlet context has no `erlang/node`; use
    /// [#servlet(ErlangNode, Peer, Gateway, MountObserver)] in another container.
    public static HttpServlet servlet(Peer peer, Gateway gateway) {
        return new MountServlet(null, peer, gateway, MountObserver.NONE);
    }

    /// A servlet with a node.
    public static HttpServlet servlet(ErlangNode node, Peer peer, Gateway gateway, MountObserver observer) {
        return new MountServlet(node, peer, gateway, observer);
    }
}
