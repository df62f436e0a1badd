package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.StoredSession;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Sessions in the memory of this server. They survive a redeployment, and end with the server.
///
/// *Threads.* Safe for all threads.
final class MemorySessionStore implements SessionStore {
    private final Map<Key, StoredSession> sessions = new ConcurrentHashMap<>();
    private final SessionCounts counts;

    MemorySessionStore(Limits limits) {
        this.counts = new SessionCounts(limits.maxSessions());
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public Found find(Key key, long knownVersion) {
        return Found.of(sessions.get(key), knownVersion);
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
            if (current == null && !counts.add(key.contextPath())) {
                result[0] = new Saved.Full();
                return null;
            }
            long version = session.version() + 1;
            result[0] = new Saved.Stored(version);
            return session.withVersion(version);
        });
        return result[0];
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
        counts.remove(key.contextPath());
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
    }
}
