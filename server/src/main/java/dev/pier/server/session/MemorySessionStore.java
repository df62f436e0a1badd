package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.StoredSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Sessions in the memory of this server. They survive a redeployment, and end with the server.
///
/// *Threads.* Safe for all threads.
final class MemorySessionStore implements SessionStore {
    private final int maxSessions;
    private final Map<Key, StoredSession> sessions = new ConcurrentHashMap<>();

    /// How many sessions each context path has.
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    MemorySessionStore(Limits limits) {
        this.maxSessions = limits.maxSessions();
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Found find(Key key, long knownVersion) {
        @Nullable StoredSession session = sessions.get(key);
        if (session == null) {
            return new Found.None();
        }
        return session.version() == knownVersion ? new Found.Unchanged(session.expiry()) : new Found.Changed(session);
    }

    @Override
    public Saved save(Key key, StoredSession session) {
        Saved[] result = new Saved[1];
        sessions.compute(key, (_, current) -> {
            if (current == null && session.version() > 0) {
                result[0] = new Saved.Gone();
                return null;
            }
            if (current != null && current.version() != session.version()) {
                result[0] = new Saved.Conflict(current);
                return current;
            }
            if (current == null && !countNew(key)) {
                result[0] = new Saved.Full();
                return null;
            }
            long version = session.version() + 1;
            result[0] = new Saved.Stored(version);
            return session.withVersion(version);
        });
        return result[0];
    }

    private boolean countNew(Key key) {
        AtomicInteger count = counts.computeIfAbsent(key.contextPath(), _ -> new AtomicInteger());
        return count.getAndUpdate(it -> it < maxSessions ? it + 1 : it) < maxSessions;
    }

    @Override
    public void touch(Key key, long expiry) {
        sessions.computeIfPresent(key, (_, session) -> session.withExpiry(expiry));
    }

    @Override
    public void delete(Key key) {
        sessions.computeIfPresent(key, (_, _) -> removed(key));
    }

    private @Nullable StoredSession removed(Key key) {
        AtomicInteger count = counts.get(key.contextPath());
        if (count != null) {
            count.decrementAndGet();
        }
        return null;
    }

    @Override
    public void removeExpired(long now) {
        for (Key key : sessions.keySet()) {
            sessions.computeIfPresent(key, (_, session) -> isExpired(session, now) ? removed(key) : session);
        }
    }

    private static boolean isExpired(StoredSession session, long now) {
        return session.expiry() > 0 && session.expiry() <= now;
    }

    @Override
    public void close() {
        sessions.clear();
        counts.clear();
    }
}
