package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStore.Found;
import dev.pier.server.plugin.SessionStore.Saved;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.session.ManagedSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads and writes the sessions of one version of an application.
///
/// A write that meets a newer version of the session applies the request's own changes to it, attribute by attribute.
/// An attribute that both have changed keeps the other's value, with a warning.
///
/// *Threads.* Safe for all threads; one session is stored by one thread at a time.
final class SessionStorage {
    private static final Logger log = LoggerFactory.getLogger(SessionStorage.class);

    /// How often one write may meet a newer version.
    private static final int MAX_CONFLICTS = 20;

    private final Sessions sessions;
    private final ContextSessions context;
    private final AttributeCodec codec;

    SessionStorage(Sessions sessions, ContextSessions context, AttributeCodec codec) {
        this.sessions = sessions;
        this.context = context;
        this.codec = codec;
    }

    AttributeCodec codec() {
        return codec;
    }

    Found find(String id, long knownVersion) throws SessionStoreException {
        return sessions.store().find(context.key(id), knownVersion);
    }

    void delete(String id) throws SessionStoreException {
        sessions.store().delete(context.key(id));
    }

    /// Takes over what others have written.
    ///
    /// @return false if the store does not have the session
    boolean refresh(ManagedSession session, AppSessionData data) throws SessionStoreException {
        lock(data);
        try {
            return switch (find(session.getId(), data.version())) {
                case Found.None() -> false;
                case Found.Unchanged(long expiry) -> {
                    data.extendTo(expiry);
                    yield true;
                }
                case Found.Changed(StoredSession current) -> {
                    data.merge(session, current, Set.of(), codec);
                    yield true;
                }
            };
        } finally {
            data.storing.unlock();
        }
    }

    /// Writes what has changed.
    ///
    /// @return false if the store does not have the session any more
    /// @throws SessionUnavailableException if a new session finds no room
    boolean save(ManagedSession session, AppSessionData data) throws SessionStoreException {
        lock(data);
        try {
            if (!data.isDirty()) {
                return true;
            }
            Set<String> changed = data.takeChanged();
            try {
                return write(session, data, changed);
            } catch (Throwable t) {
                data.putBack(changed);
                throw t;
            }
        } finally {
            data.storing.unlock();
        }
    }

    private void lock(AppSessionData data) throws SessionStoreException {
        try {
            if (data.storing.tryLock(sessions.settings().storeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            throw new SessionStoreException(
                    "another request of the session has waited for the store for longer than sessions.store-timeout",
                    new TimeoutException());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionStoreException("interrupted", e);
        }
    }

    private boolean write(ManagedSession session, AppSessionData data, Set<String> changed)
            throws SessionStoreException {
        Map<String, byte @Nullable []> own = encode(data, changed);
        SessionStore.Key key = context.key(session.getId());
        for (int conflicts = 0; conflicts < MAX_CONFLICTS; conflicts++) {
            Map<String, byte[]> attributes = apply(own, data.stored());
            if (data.isStored(attributes)) {
                return true;
            }
            StoredSession wanted = data.toStore(attributes);
            if (isTooLarge(wanted)) {
                return true;
            }
            switch (sessions.store().save(key, wanted)) {
                case Saved.Stored(long version) -> {
                    data.setStored(version, attributes);
                    return true;
                }
                case Saved.Conflict(StoredSession current) -> {
                    refuseChangesOfBoth(own, data.stored(), current.attributes());
                    data.merge(session, current, new HashSet<>(own.keySet()), codec);
                }
                case Saved.Gone() -> {
                    return false;
                }
                case Saved.Full() -> throw sessions.tooMany(context);
            }
        }
        throw new SessionStoreException(
                "the session was changed " + MAX_CONFLICTS + " times by others during one write",
                new TimeoutException());
    }

    /// @return the serialised values; null for an attribute that was removed or cannot be serialised
    private Map<String, byte @Nullable []> encode(AppSessionData data, Set<String> names) {
        Map<String, byte @Nullable []> own = new HashMap<>();
        for (String name : names) {
            Object value = data.getAttribute(name);
            own.put(name, value == null ? null : codec.encode(name, value));
        }
        return own;
    }

    private static Map<String, byte[]> apply(Map<String, byte @Nullable []> own, Map<String, byte[]> stored) {
        Map<String, byte[]> attributes = new HashMap<>(stored);
        own.forEach((name, value) -> {
            if (value == null) {
                attributes.remove(name);
            } else {
                attributes.put(name, value);
            }
        });
        return attributes;
    }

    /// Removes from `own` what others have changed as well, and differently.
    private void refuseChangesOfBoth(
            Map<String, byte @Nullable []> own, Map<String, byte[]> before, Map<String, byte[]> current) {
        own.entrySet().removeIf(change -> {
            String name = change.getKey();
            byte @Nullable [] theirs = current.get(name);
            boolean refused = !Arrays.equals(theirs, before.get(name)) && !Arrays.equals(theirs, change.getValue());
            if (refused) {
                sessions.reportConflict(context, name);
            }
            return refused;
        });
    }

    private boolean isTooLarge(StoredSession session) {
        long max = sessions.settings().maxSize();
        if (session.size() <= max) {
            return false;
        }
        String largest = session.attributes().entrySet().stream()
                .max(Map.Entry.comparingByValue((a, b) -> Integer.compare(a.length, b.length)))
                .map(it -> "'" + it.getKey() + "' with " + it.getValue().length + " bytes")
                .orElse("none");
        sessions.reportTooLarge(context, session.size(), largest);
        return true;
    }

    /// Tells the store of the requests that have extended the session's life, now and then.
    void touchIfDue(ManagedSession session, AppSessionData data) {
        long now = System.currentTimeMillis();
        if (!data.isTouchDue(now)) {
            return;
        }
        try {
            data.touched(now);
            sessions.store().touch(context.key(session.getId()), data.storeExpiry());
        } catch (SessionStoreException e) {
            log.debug("Cannot extend the life of a session", e);
        }
    }
}
