package dev.pier.erlang;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The result of [Peer#callAll] on one node: a reply or a failure. Immutable.
public final class NodeReply {
    private final String node;
    private final @Nullable Reply reply;
    private final @Nullable ErlangException failure;

    private NodeReply(String node, @Nullable Reply reply, @Nullable ErlangException failure) {
        this.node = node;
        this.reply = reply;
        this.failure = failure;
    }

    /// A reply of a node.
    public static NodeReply of(String node, Reply reply) {
        return new NodeReply(node, Objects.requireNonNull(reply), null);
    }

    /// A failure at a node.
    public static NodeReply failed(String node, ErlangException failure) {
        return new NodeReply(node, null, Objects.requireNonNull(failure));
    }

    /// The node's name: `backend@host`.
    public String node() {
        return node;
    }

    /// The failure of the call to this node; empty if it has replied.
    public Optional<ErlangException> failure() {
        return Optional.ofNullable(failure);
    }

    /// The reply.
    ///
    /// @throws ErlangException the failure, if there is no reply
    public Reply reply() {
        if (reply == null) {
            throw Objects.requireNonNull(failure);
        }
        return reply;
    }

    @Override
    public String toString() {
        return node + ": " + (failure == null ? "a reply" : failure.getMessage());
    }
}
