package dev.pier.erlang.process;

import dev.pier.erlang.link.Session;
import dev.pier.erlang.term.Pid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// A process's links, each as this side sees it. Guarded by the lock of its process.
///
/// A link that this side has ended stays until the other side has acknowledged that, so that signals which were under
/// way can be told from those of a new link. SPEC: erl_dist_protocol, Link Protocol.
public final class Links {
    /// @param session the connection to the other process; `null` if it is one of this node
    /// @param unlinkId not 0: this side has unlinked, and waits for the acknowledgement of that id
    private record Link(@Nullable Session session, long unlinkId) {
        boolean isActive() {
            return unlinkId == 0;
        }
    }

    private final Map<Pid, Link> links = new HashMap<>();
    private long lastUnlinkId;

    /// How many there are, those included that this side has ended and the other side has not acknowledged.
    int count() {
        return links.size();
    }

    /// Whether there is one with that process, active or not.
    boolean has(Pid other) {
        return links.containsKey(other);
    }

    /// This side links itself.
    ///
    /// @return whether the other side has to be told
    boolean activate(Pid other, @Nullable Session session) {
        Link before = links.get(other);
        if (before != null && before.isActive()) {
            return false;
        }
        links.put(other, new Link(session, 0));
        return true;
    }

    /// The other side has linked itself. While an acknowledgement is awaited that was before this side's end of it.
    void activated(Pid other, @Nullable Session session) {
        links.putIfAbsent(other, new Link(session, 0));
    }

    /// Takes a link out without a word.
    ///
    /// @return whether there was one, over that connection, and active
    boolean remove(Pid other, @Nullable Session session) {
        Link link = links.get(other);
        if (link == null || link.session() != session) {
            return false;
        }
        links.remove(other);
        return link.isActive();
    }

    /// The connection of an active link to a process elsewhere, which this side now ends.
    ///
    /// @return `null` if there is no such link
    @Nullable
    Session sessionToUnlink(Pid other) {
        Link link = links.get(other);
        return link == null || !link.isActive() ? null : link.session();
    }

    /// This side ends a link with a process elsewhere.
    ///
    /// @return the id that the other side is to acknowledge
    long deactivate(Pid other, Session session) {
        links.put(other, new Link(session, ++lastUnlinkId));
        return lastUnlinkId;
    }

    /// The other side ends the link.
    void deactivated(Pid other, Session session) {
        Link link = links.get(other);
        if (link != null && link.isActive() && link.session() == session) {
            links.remove(other);
        }
    }

    /// The other side has acknowledged this side's end of the link.
    void acknowledged(Pid other, Session session, long id) {
        Link link = links.get(other);
        if (link != null && link.session() == session && link.unlinkId() == id) {
            links.remove(other);
        }
    }

    /// With whom there is a link over that connection, active or not.
    List<Pid> over(Session session) {
        List<Pid> found = new ArrayList<>();
        links.forEach((other, link) -> {
            if (link.session() == session) {
                found.add(other);
            }
        });
        return found;
    }

    /// Takes all links out, and hands over those that are active.
    void drain(BiConsumer<Pid, @Nullable Session> active) {
        links.forEach((other, link) -> {
            if (link.isActive()) {
                active.accept(other, link.session());
            }
        });
        links.clear();
    }
}
