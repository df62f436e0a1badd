package dev.pier.erlang.node;

import dev.pier.erlang.dist.NodeName;
import dev.pier.erlang.link.PeerLink;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The links of one node to other nodes. A name has one link at most, as long as the link is used: two would
/// close each other's connections in turn.
///
/// Threads: any thread may call.
///
/// Lifecycle: idle links stay until there are [#MAX_LINKS]. Then the table keeps no more than a weak reference
/// to them, so that a link disappears when nothing else has it, and never before.
final class LinkTable {
    /// Far more than there are nodes in a cluster; nodes with single-use names would fill the table otherwise.
    static final int MAX_LINKS = 10_000;

    private final Function<NodeName, PeerLink> newLink;
    private final Map<NodeName, PeerLink> links = new ConcurrentHashMap<>();

    /// Links that are idle or belong to others. A name is moved between both maps under the lock that `links`
    /// has for it.
    private final Map<NodeName, WeakReference<PeerLink>> released = new ConcurrentHashMap<>();

    /// @param newLink makes the link to a node
    LinkTable(Function<NodeName, PeerLink> newLink) {
        this.newLink = newLink;
    }

    /// The link to a node, made if it does not exist.
    PeerLink of(NodeName name) {
        return of(name, newLink);
    }

    /// The same, made by a function of its own.
    PeerLink of(NodeName name, Function<NodeName, PeerLink> maker) {
        PeerLink present = links.get(name);
        if (present != null) {
            return present;
        }
        if (links.size() >= MAX_LINKS) {
            releaseIdle();
        }
        return links.computeIfAbsent(name, missing -> {
            PeerLink former = dereference(released.remove(missing));
            return former == null ? maker.apply(missing) : former;
        });
    }

    /// The link to a node if there is one. For names that are only claimed.
    Optional<PeerLink> find(NodeName name) {
        PeerLink present = links.get(name);
        return Optional.ofNullable(present == null ? dereference(released.get(name)) : present);
    }

    /// All links.
    List<PeerLink> all() {
        return stream().toList();
    }

    /// How many nodes are connected.
    long connected() {
        return stream().filter(link -> link.current().isPresent()).count();
    }

    private Stream<PeerLink> stream() {
        return Stream.concat(
                links.values().stream(),
                released.values().stream().map(LinkTable::dereference).filter(Objects::nonNull));
    }

    private void releaseIdle() {
        released.values().removeIf(reference -> reference.get() == null);
        links.keySet()
                .forEach(name -> links.computeIfPresent(name, (_, link) -> {
                    if (!link.isForgettable()) {
                        return link;
                    }
                    released.put(name, new WeakReference<>(link));
                    return null;
                }));
    }

    private static @Nullable PeerLink dereference(@Nullable WeakReference<PeerLink> reference) {
        return reference == null ? null : reference.get();
    }
}
