package dev.pier.erlang.handshake;

import dev.pier.erlang.dist.NodeName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The cookies of a node: one for all peers, except for those that have one of their own. OTP: auth.erl,
/// set_cookie/2
///
/// Threads: any.
public final class Cookies {
    private final Cookie common;
    private final Map<NodeName, Cookie> own = new ConcurrentHashMap<>();

    /// @param common for peers without a cookie of their own
    public Cookies(Cookie common) {
        this.common = common;
    }

    /// The cookie for a peer, in both directions.
    public Cookie of(NodeName peer) {
        return own.getOrDefault(peer, common);
    }

    /// Gives a peer a cookie of its own.
    public void put(NodeName peer, Cookie cookie) {
        own.put(peer, cookie);
    }

    /// Takes it back.
    public void remove(NodeName peer) {
        own.remove(peer);
    }
}
