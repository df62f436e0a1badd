package dev.pier.erlang.node;

import dev.pier.erlang.epmd.EpmdClient;
import dev.pier.erlang.epmd.NodeLocator;
import dev.pier.erlang.link.EpmdPresence;
import dev.pier.erlang.link.NodeListener;
import dev.pier.erlang.link.NodeThreads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A node with the port it listens at and its name at EPMD. Made and closed by one thread; its node is for many.
public final class ListeningNode implements AutoCloseable {
    private final LocalNode node;
    private final @Nullable NodeListener listener;
    private final @Nullable EpmdPresence presence;

    private ListeningNode(LocalNode node, @Nullable NodeListener listener, @Nullable EpmdPresence presence) {
        this.node = node;
        this.listener = listener;
        this.presence = presence;
    }

    /// Opens a node: reserves its port, registers its name, and lets others in.
    ///
    /// @param epmd where to register the name; empty if it is to be registered nowhere
    /// @param prepare is given the node before anybody can connect
    /// @throws IOException if it cannot be listened, or the name is taken
    public static ListeningNode open(
            NodeSettings settings,
            Optional<EpmdClient> epmd,
            NodeLocator locator,
            NodeThreads threads,
            Consumer<LocalNode> prepare)
            throws IOException {
        NodeListener listener = null;
        EpmdPresence presence = null;
        LocalNode node = null;
        boolean opened = false;
        try {
            InetSocketAddress address = settings.listen().orElse(null);
            if (address != null) {
                listener = NodeListener.bind(address);
                if (epmd.isPresent()) {
                    presence = new EpmdPresence(epmd.get(), settings.name().alive(), listener.port());
                }
            }
            int creation = presence == null ? EpmdPresence.randomCreation() : presence.creation();
            node = new LocalNode(settings, creation, locator, threads);
            prepare.accept(node);
            if (listener != null) {
                node.letIn(listener);
            }
            opened = true;
            return new ListeningNode(node, listener, presence);
        } finally {
            if (!opened) {
                close(presence, listener, node);
            }
        }
    }

    public LocalNode node() {
        return node;
    }

    /// Where it listens, if it does.
    public Optional<Integer> port() {
        return Optional.ofNullable(listener).map(NodeListener::port);
    }

    /// Whether others find it by its name; empty if it is registered nowhere by intention.
    public Optional<Boolean> isRegistered() {
        return Optional.ofNullable(presence).map(EpmdPresence::isRegistered);
    }

    /// The connections that it has refused; empty if it does not listen.
    public Optional<NodeListener.Refusals> refusals() {
        return Optional.ofNullable(listener).map(NodeListener::refusals);
    }

    private static void close(
            @Nullable EpmdPresence presence, @Nullable NodeListener listener, @Nullable LocalNode node) {
        if (presence != null) {
            presence.close();
        }
        if (listener != null) {
            listener.close();
        }
        if (node != null) {
            node.close();
        }
    }

    /// Ends the node: its peers see `noconnection`, its name is free. Idempotent.
    @Override
    public void close() {
        close(presence, listener, node);
    }
}
