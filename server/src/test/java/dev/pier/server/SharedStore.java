package dev.pier.server;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A session store that several servers of a test share, and that a test can take away.
///
/// *Threads.* Safe for all threads.
final class SharedStore implements SessionStore {
    private final Map<Key, StoredSession> sessions = new HashMap<>();
    private final AtomicInteger finds = new AtomicInteger();
    private volatile boolean away;

    /// A plugin that offers the store as `test/shared`.
    TestPlugin plugin() {
        return new TestPlugin(context -> context.sessionStore("test/shared", _ -> this), "test/shared");
    }

    /// Lets all operations fail, or work again.
    void setAway(boolean isAway) {
        away = isAway;
    }

    /// How often a session was looked up.
    int finds() {
        return finds.get();
    }

    synchronized int size() {
        return sessions.size();
    }

    /// Removes all sessions, as if they had ended elsewhere.
    synchronized void clear() {
        sessions.clear();
    }

    private void check() throws SessionStoreException {
        if (away) {
            throw new SessionStoreException("the store is away", new IOException());
        }
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public synchronized Found find(Key key, long knownVersion) throws SessionStoreException {
        finds.incrementAndGet();
        check();
        return Found.of(sessions.get(key), knownVersion);
    }

    @Override
    public synchronized Saved save(Key key, StoredSession session) throws SessionStoreException {
        check();
        @Nullable StoredSession current = sessions.get(key);
        if (current == null && session.version() > 0) {
            return new Saved.Gone();
        }
        if (current != null && current.version() != session.version()) {
            return new Saved.Conflict(current);
        }
        sessions.put(key, session.withVersion(session.version() + 1));
        return new Saved.Stored(session.version() + 1);
    }

    @Override
    public synchronized void touch(Key key, long expiry) throws SessionStoreException {
        check();
        sessions.computeIfPresent(key, (_, session) -> session.withExpiry(expiry));
    }

    @Override
    public synchronized void delete(Key key) throws SessionStoreException {
        check();
        sessions.remove(key);
    }

    @Override
    public void close() {}
}
