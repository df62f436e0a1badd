package dev.pier.erlang.link;

import dev.pier.erlang.Overloaded;
import dev.pier.erlang.connection.ConnectionEnded;
import dev.pier.erlang.term.Reference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The pending replies of one session, by the reference that the peer answers to.
///
/// Threads: any thread may call.
public final class PendingReplies {
    private final Identifiers identifiers;
    private final String peer;
    private final int max;
    private final ConcurrentHashMap<Long, PendingReply> replies = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean ended;

    /// @param peer the peer's name, for errors
    /// @param max how many calls and monitors may be pending at once
    PendingReplies(Identifiers identifiers, String peer, int max) {
        this.identifiers = identifiers;
        this.peer = peer;
        this.max = max;
    }

    /// Registers a pending reply. It stays registered until it is removed, the process that it monitors has
    /// ended or the connection is lost.
    ///
    /// @throws Overloaded if the maximum is reached
    /// @throws ConnectionEnded if the connection has ended
    public void register(Reference reference, PendingReply reply) throws ConnectionEnded {
        if (reply.isCounted() && count.incrementAndGet() > max) {
            count.decrementAndGet();
            throw new Overloaded("too many calls to " + peer + ": " + max
                    + " calls and monitors are pending (setting erlang.limits.calls)");
        }
        replies.put(identifiers.number(reference), reply);
        if (ended && remove(reference) != null) {
            // `removeAll` may have passed before the reply was in the map.
            throw new ConnectionEnded();
        }
    }

    /// @return what was registered; `null` if the reference was not, or is no longer
    public @Nullable PendingReply remove(Reference reference) {
        return remove(Long.valueOf(identifiers.number(reference)));
    }

    private @Nullable PendingReply remove(Long number) {
        PendingReply reply = replies.remove(number);
        if (reply != null && reply.isCounted()) {
            count.decrementAndGet();
        }
        return reply;
    }

    @Nullable
    PendingReply find(Reference reference) {
        return replies.get(identifiers.number(reference));
    }

    /// How many calls and monitors are pending.
    public int count() {
        return count.get();
    }

    /// Visits all that are registered now; those that are registered meanwhile may be missed.
    public void forEach(Consumer<PendingReply> action) {
        replies.values().forEach(action);
    }

    /// Removes all, and refuses new ones from now on. The connection has ended.
    void removeAll(Consumer<PendingReply> action) {
        ended = true;
        for (Long number : replies.keySet()) {
            PendingReply reply = remove(number);
            if (reply != null) {
                action.accept(reply);
            }
        }
    }
}
