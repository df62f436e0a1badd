package dev.pier.erlang.process;

import dev.pier.erlang.term.Pid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The process links of one process, as this side sees them. Pure.
///
/// A link is absent, active, or unlinking: ended by this side, and not yet acknowledged by the other. An unlinking
/// entry tells signals of the ended link from those of a new one.
///
/// | event | absent | active | unlinking |
/// |---|---|---|---|
/// | [#link]: this side links | active, LINK is due | – | active, LINK is due |
/// | [#linkedByPeer]: LINK arrives | active | – | – |
/// | [#unlink]: this side unlinks | – | unlinking, UNLINK_ID is due | – |
/// | [#unlinkedByPeer]: UNLINK_ID or UNLINK arrives | – | absent | – |
/// | [#acknowledged]: UNLINK_ID_ACK arrives | – | – | absent if the id is that of the last UNLINK_ID |
/// | [#remove]: EXIT arrives, or the connection is lost | – | absent, an exit signal | absent |
///
/// Every link belongs to one connection. Except [#link] in the state unlinking, an event of another connection
/// changes nothing.
///
/// Threads: guarded by the lock of the process. SPEC: erl_dist_protocol Link Protocol.
///
/// @param <C> the connections, compared by identity; `null` stands for links inside this node
final class Links<C> {
    /// @param unlinkId not 0: the id of the UNLINK_ID that is to be acknowledged
    private record Link<C>(@Nullable C connection, long unlinkId) {
        boolean isActive() {
            return unlinkId == 0;
        }

        @SuppressWarnings("ReferenceEquality") // By identity, as said above.
        boolean isOver(@Nullable C other) {
            return connection == other;
        }
    }

    private final Map<Pid, Link<C>> links = new HashMap<>();
    private long lastUnlinkId;

    /// The number of links, active or unlinking.
    int count() {
        return links.size();
    }

    /// Whether there is a link with that process, active or unlinking.
    boolean contains(Pid other) {
        return links.containsKey(other);
    }

    /// The connection of the link with that process, active or unlinking; `null` if there is none, or it is inside
    /// this node.
    @Nullable
    C connection(Pid other) {
        Link<C> link = links.get(other);
        return link == null ? null : link.connection();
    }

    /// This side links.
    ///
    /// @return whether LINK is due
    boolean link(Pid other, @Nullable C connection) {
        Link<C> link = links.get(other);
        if (link != null && link.isActive()) {
            return false;
        }
        links.put(other, new Link<>(connection, 0));
        return true;
    }

    /// LINK has arrived. While an UNLINK_ID of this side is not acknowledged, the other side sent it before it got
    /// that, and it has no effect.
    void linkedByPeer(Pid other, C connection) {
        links.putIfAbsent(other, new Link<>(connection, 0));
    }

    /// This side unlinks from a process of a peer.
    ///
    /// @return the id of the UNLINK_ID that is due; 0 if there is no active link over that connection
    long unlink(Pid other, C connection) {
        Link<C> link = links.get(other);
        if (link == null || !link.isActive() || !link.isOver(connection)) {
            return 0;
        }
        links.put(other, new Link<>(connection, ++lastUnlinkId));
        return lastUnlinkId;
    }

    /// UNLINK_ID or UNLINK has arrived.
    void unlinkedByPeer(Pid other, C connection) {
        Link<C> link = links.get(other);
        if (link != null && link.isActive() && link.isOver(connection)) {
            links.remove(other);
        }
    }

    /// UNLINK_ID_ACK has arrived.
    void acknowledged(Pid other, C connection, long id) {
        Link<C> link = links.get(other);
        if (link != null && link.isOver(connection) && link.unlinkId() == id) {
            links.remove(other);
        }
    }

    /// Removes a link: its exit signal has arrived, its connection is lost, or it never came into being.
    ///
    /// @return whether it was active, so that an exit signal counts
    boolean remove(Pid other, @Nullable C connection) {
        Link<C> link = links.get(other);
        if (link == null || !link.isOver(connection)) {
            return false;
        }
        links.remove(other);
        return link.isActive();
    }

    /// The processes with an active link.
    List<Pid> active() {
        List<Pid> found = new ArrayList<>();
        links.forEach((other, link) -> {
            if (link.isActive()) {
                found.add(other);
            }
        });
        return found;
    }

    /// The processes with a link over that connection, active or unlinking.
    List<Pid> over(C connection) {
        List<Pid> found = new ArrayList<>();
        links.forEach((other, link) -> {
            if (link.isOver(connection)) {
                found.add(other);
            }
        });
        return found;
    }

    /// Removes all links.
    ///
    /// @param active takes those that were active
    void drain(BiConsumer<Pid, @Nullable C> active) {
        links.forEach((other, link) -> {
            if (link.isActive()) {
                active.accept(other, link.connection());
            }
        });
        links.clear();
    }
}
