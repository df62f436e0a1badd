package dev.pier.server.session;

import dev.pier.server.plugin.StoredSession;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.session.ManagedSession;
import org.eclipse.jetty.session.SessionData;
import org.eclipse.jetty.util.thread.AutoLock;

/// A session's data, with what the store has of it and what has been changed since.
///
/// *Threads.* Attributes as in [SessionData]. The stored state changes only while the thread holds [#storing].
@SuppressWarnings("serial") // Never serialised as a whole.
final class AppSessionData extends SessionData {
    /// Held while the session is compared with the store or written to it: by one thread at a time, which may wait for
    /// the store. Requests that only use the session never wait for it.
    final ReentrantLock storing = new ReentrantLock();

    /// The names of the attributes that were set or removed since the last write.
    private final Set<String> changed = ConcurrentHashMap.newKeySet();

    private volatile long version;
    private volatile Map<String, byte[]> stored = Map.of();
    private volatile long storedMaxInactive;
    private volatile long storedAt;
    private volatile long verifiedAt = System.nanoTime();
    private volatile long verifiedIn;

    AppSessionData(String id, String contextPath, String vhost, long created, long accessed, long maxInactive) {
        super(id, contextPath, vhost, created, accessed, accessed, maxInactive);
    }

    @Override
    public void setDirty(String name) {
        changed.add(name);
        super.setDirty(name);
    }

    /// Marks all attributes as changed: objects that the application has changed in place are written as well.
    void setAllDirty() {
        getKeys().forEach(this::setDirty);
        setDirty(true);
    }

    /// Takes the names of the changed attributes. The data is clean then.
    Set<String> takeChanged() {
        // In this order: an attribute that is set in between stays dirty.
        clean();
        Set<String> names = new HashSet<>(changed);
        changed.removeAll(names);
        return names;
    }

    /// Takes the changes back after a write that failed.
    void putBack(Set<String> names) {
        changed.addAll(names);
        setDirty(true);
    }

    /// The version that the store has; 0 if the session has not been stored.
    long version() {
        return version;
    }

    /// The attributes that the store has.
    Map<String, byte[]> stored() {
        return stored;
    }

    /// Whether a write with these attributes would change nothing but the version.
    boolean isStored(Map<String, byte[]> attributes) {
        return version > 0
                && storedMaxInactive == getMaxInactiveMs()
                && attributes.size() == stored.size()
                && attributes.entrySet().stream().allMatch(it -> Arrays.equals(it.getValue(), stored.get(it.getKey())));
    }

    /// Notes what the store has after a write.
    void setStored(long newVersion, Map<String, byte[]> attributes) {
        version = newVersion;
        stored = attributes;
        storedMaxInactive = getMaxInactiveMs();
        storedAt = System.currentTimeMillis();
    }

    /// Forgets what the store has: the session is stored under another id next.
    void setNotStored() {
        version = 0;
        setDirty(true);
    }

    /// Takes over what another server, or another version of the application, has written.
    ///
    /// @param own the attributes that keep the value that they have here
    void merge(ManagedSession session, StoredSession current, Set<String> own, AttributeCodec codec) {
        Map<String, byte[]> before = stored;
        Map<String, byte[]> news = new HashMap<>(current.attributes());
        news.entrySet().removeIf(it -> Arrays.equals(it.getValue(), before.get(it.getKey())));
        news.keySet().removeAll(own);
        Map<String, Object> values = codec.decode(news);
        Set<String> gone = new HashSet<>(before.keySet());
        gone.removeAll(current.attributes().keySet());
        gone.addAll(news.keySet());
        gone.removeAll(values.keySet());
        gone.removeAll(own);
        try (AutoLock _ = session.lock()) {
            gone.stream().filter(name -> !changed.contains(name)).forEach(_attributes::remove);
            values.forEach((name, value) -> {
                if (!changed.contains(name)) {
                    _attributes.put(name, value);
                }
            });
            setMaxInactiveMs(current.maxInactive());
            setAccessed(Math.max(getAccessed(), current.accessed()));
            extendTo(current.expiry());
        }
        setStored(current.version(), current.attributes());
    }

    /// The session lives at least as long as the store says: a request elsewhere may have used it.
    void extendTo(long expiry) {
        if (getExpiry() > 0 && expiry > getExpiry()) {
            setExpiry(expiry);
        }
    }

    /// The session as the store keeps it.
    StoredSession toStore(Map<String, byte[]> attributes) {
        return new StoredSession(version, getCreated(), getAccessed(), getMaxInactiveMs(), storeExpiry(), attributes);
    }

    /// When the store may remove the session: later than it expires here, because the store is not told of each
    /// request.
    long storeExpiry() {
        return getExpiry() <= 0 ? 0 : getExpiry() + touchInterval();
    }

    /// How long the store may go on with an expiry that requests have extended.
    private long touchInterval() {
        return Math.min(60_000, getMaxInactiveMs() / 10);
    }

    boolean isTouchDue(long now) {
        return version > 0 && getExpiry() > 0 && now - storedAt >= touchInterval();
    }

    void touched(long now) {
        storedAt = now;
    }

    /// Notes that the session was compared with the store.
    ///
    /// @param epoch the epoch of [ContextSessions] at that time
    void verified(long epoch) {
        verifiedAt = System.nanoTime();
        verifiedIn = epoch;
    }

    /// When the session was last compared with the store, as [System#nanoTime].
    long verifiedAt() {
        return verifiedAt;
    }

    /// The epoch in which the session was last compared with the store.
    long verifiedIn() {
        return verifiedIn;
    }
}
