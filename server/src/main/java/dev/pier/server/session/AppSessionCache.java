package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStore.Found;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.eclipse.jetty.session.AbstractSessionCache;
import org.eclipse.jetty.session.ManagedSession;
import org.eclipse.jetty.session.NullSessionDataStore;
import org.eclipse.jetty.session.SessionData;
import org.eclipse.jetty.util.thread.AutoLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sessions that one version of an application has in memory.
///
/// A session is loaded from the store at the first request for it. From then on the object in memory is used by all
/// requests of this version, and is compared with the store where others may write it: before each request with a
/// shared store or while another version is drained, and once after that version has ended.
///
/// *Threads.* Safe for all threads. No lock of Jetty's is held while a thread waits for the store.
///
/// *Lifecycle.* [#shutdown] brings the store up to date.
final class AppSessionCache extends AbstractSessionCache {
    private static final Logger log = LoggerFactory.getLogger(AppSessionCache.class);

    private final Sessions sessions;
    private final ContextSessions context;
    private final SessionStorage storage;
    private final ConcurrentMap<String, ManagedSession> cached = new ConcurrentHashMap<>();

    /// The sessions whose last write failed, by id.
    private final Map<String, ManagedSession> unsaved = new ConcurrentHashMap<>();

    AppSessionCache(AppSessionHandler handler, Sessions sessions, ContextSessions context, AttributeCodec codec) {
        super(handler);
        this.sessions = sessions;
        this.context = context;
        this.storage = new SessionStorage(sessions, context, codec);
        setSessionDataStore(new NullSessionDataStore());
        setEvictionPolicy(sessions.isDurable() ? sessions.evictAfterSeconds() : NEVER_EVICT);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        context.add(this);
    }

    /// How many sessions are in memory.
    int size() {
        return cached.size();
    }

    /// Whether each change is written to the store when the response is committed.
    private boolean isWriteThrough() {
        return sessions.isDurable() || context.hasSeveralVersions();
    }

    // Finding a session

    /// Finds a session and lets the request enter it.
    ///
    /// @return null if there is no such session
    /// @throws SessionUnavailableException if the store cannot be asked
    @Override
    public @Nullable ManagedSession get(String id) {
        return getAndEnter(id, true);
    }

    @Override
    protected @Nullable ManagedSession getAndEnter(String id, boolean enter) {
        while (true) {
            @Nullable ManagedSession session = cached.get(id);
            if (session == null) {
                session = load(id);
                if (session == null) {
                    return null;
                }
            } else if (!isCurrent(session)) {
                continue;
            }
            if (isUsable(session, enter)) {
                return session;
            }
        }
    }

    private static boolean isUsable(ManagedSession session, boolean enter) {
        try (AutoLock _ = session.lock()) {
            if (session.isResident() && enter) {
                ((AppSession) session).enter();
            }
            return session.isResident();
        }
    }

    private @Nullable ManagedSession load(String id) {
        context.handOver(id, this);
        StoredSession stored;
        try {
            if (!(storage.find(id, SessionStore.NO_VERSION) instanceof Found.Changed(StoredSession found))) {
                return null;
            }
            stored = found;
        } catch (SessionStoreException e) {
            throw unavailable(e);
        }
        AppSessionData data = data(id, stored.created(), stored.accessed(), stored.maxInactive());
        data.setLastSaved(System.currentTimeMillis()); // So it is not a new session.
        data.setLastNode(_context.getWorkerName());
        if (stored.expiry() > 0) {
            data.setExpiry(stored.expiry());
        }
        ManagedSession session = newSession(data);
        data.merge(session, stored, Set.of(), storage.codec());
        data.clean();
        data.verified(context.epoch());
        try (AutoLock _ = session.lock()) {
            @Nullable ManagedSession other = cached.putIfAbsent(id, session);
            if (other != null) {
                return other;
            }
            session.setResident(true);
            if (session.isValid()) {
                session.onSessionActivation();
            }
            return session;
        }
    }

    /// Compares a session with the store, where others may have written it.
    ///
    /// @return false if the session is no longer cached
    private boolean isCurrent(ManagedSession session) {
        AppSessionData data = data(session);
        long epoch = context.epoch();
        boolean mayDiffer = sessions.isShared() || context.hasSeveralVersions() || data.verifiedIn() != epoch;
        if (!mayDiffer || data.version() == 0) {
            return true;
        }
        try {
            boolean exists = storage.refresh(session, data);
            data.verified(epoch);
            if (!exists) {
                drop(session);
            }
            return exists;
        } catch (SessionStoreException e) {
            if (System.nanoTime() - data.verifiedAt()
                    > sessions.settings().staleTime().toNanos()) {
                throw unavailable(e);
            }
            sessions.reportStale(e);
            return true;
        }
    }

    private static SessionUnavailableException unavailable(SessionStoreException cause) {
        return new SessionUnavailableException("The session cannot be read: " + cause.getMessage(), cause);
    }

    /// Forgets a session that the store does not have any more.
    private void drop(ManagedSession session) {
        try (AutoLock _ = session.lock()) {
            session.setResident(false);
            cached.remove(session.getId(), session);
            unsaved.remove(session.getId(), session);
        }
    }

    @Override
    public boolean exists(String id) {
        @Nullable ManagedSession session = cached.get(id);
        if (session != null) {
            return session.isValid();
        }
        try {
            context.handOver(id, this);
            return !(storage.find(id, SessionStore.NO_VERSION) instanceof Found.None);
        } catch (SessionStoreException e) {
            throw unavailable(e);
        }
    }

    // Writing a session

    /// Creates a session. With a durable store it is written at once, so that there is no session without a place.
    ///
    /// @throws SessionUnavailableException if the store cannot be written, or the application has too many sessions
    @Override
    public ManagedSession newSession(String id, long time, long maxInactiveMillis) {
        if (cached.size() >= sessions.settings().max()) {
            throw sessions.tooMany(context);
        }
        AppSessionData data = data(id, time, time, maxInactiveMillis);
        data.setLastNode(_context.getWorkerName());
        ManagedSession session = newSession(data);
        if (isWriteThrough()) {
            try {
                storage.save(session, data);
                data.verified(context.epoch());
            } catch (SessionStoreException e) {
                throw new SessionUnavailableException("A session cannot be created: " + e.getMessage(), e);
            }
        }
        return session;
    }

    private AppSessionData data(String id, long created, long accessed, long maxInactiveMillis) {
        return new AppSessionData(
                id, _context.getCanonicalContextPath(), _context.getVhost(), created, accessed, maxInactiveMillis);
    }

    @Override
    public ManagedSession newSession(SessionData data) {
        return new AppSession(getSessionManager(), data);
    }

    /// Writes the changes of a request, before its response begins.
    @Override
    public void commit(ManagedSession session) {
        if (isWriteThrough() && session.isValid()) {
            write(session);
        }
    }

    /// Ends a request of the session. Changes after the response began are written after the last request.
    @Override
    public void release(ManagedSession session) {
        if (session.isInvalidOrInvalidating()) {
            return;
        }
        session.release();
        if (session.getRequests() <= 0) {
            if (isWriteThrough()) {
                write(session);
            }
            storage.touchIfDue(session, data(session));
        }
    }

    /// Writes a session. If that fails, it is tried again, until it succeeds or the session ends.
    private void write(ManagedSession session) {
        if (!session.isResident()) {
            return;
        }
        try {
            if (storage.save(session, data(session))) {
                unsaved.remove(session.getId(), session);
            } else {
                drop(session);
            }
        } catch (SessionStoreException e) {
            unsaved.put(session.getId(), session);
            sessions.reportUnsaved(e);
        } catch (SessionUnavailableException _) {
            // The store is full; it was reported. The session stays in memory.
        }
    }

    /// Tries again to write what could not be written.
    void writeUnsaved() {
        unsaved.values().forEach(session -> _context.run(() -> write(session)));
    }

    /// Brings the store up to date for another version of the application, which loads the session next.
    void handOver(String id) {
        @Nullable ManagedSession session = cached.get(id);
        if (session != null) {
            _context.run(() -> {
                passivate(session, true);
                try (AutoLock _ = session.lock()) {
                    if (isInUse(session)) {
                        session.onSessionActivation();
                    }
                }
            });
        }
    }

    /// Writes a session that leaves this version of the application.
    ///
    /// @param all whether to write all attributes, also those that the application has not set again
    private void passivate(ManagedSession session, boolean all) {
        try (AutoLock _ = session.lock()) {
            if (!isInUse(session)) {
                return;
            }
            session.onSessionPassivation();
            if (all) {
                data(session).setAllDirty();
            }
        }
        write(session);
    }

    // The end of a session

    /// Removes a session from memory and from the store.
    @Override
    public @Nullable ManagedSession delete(String id) {
        @Nullable ManagedSession session = cached.remove(id);
        unsaved.remove(id);
        if (session != null || !sessions.settings().cookie().pathScoped()) {
            try {
                storage.delete(id);
            } catch (SessionStoreException e) {
                sessions.reportUndeleted(e);
            }
        }
        if (session != null) {
            session.setResident(false);
        }
        return session;
    }

    /// Changes a session's id. Other contexts with a session of this id change it as well, but not another version of
    /// the same application: it loads the session under the new id.
    @Override
    public @Nullable ManagedSession renewSessionId(
            String oldId, String newId, String oldExtendedId, String newExtendedId) throws Exception {
        return context.isRenewedByOther(oldId, this)
                ? null
                : super.renewSessionId(oldId, newId, oldExtendedId, newExtendedId);
    }

    boolean isRenewing(String id) {
        @Nullable ManagedSession session = cached.get(id);
        return session != null && !session.isValid() && !session.isInvalidOrInvalidating();
    }

    @Override
    protected void renewSessionId(@Nullable ManagedSession session, String newId, String newExtendedId) {
        if (session == null) {
            return;
        }
        AppSessionData data = data(session);
        String oldId;
        try (AutoLock _ = session.lock()) {
            oldId = session.getId();
            data.setId(newId);
            session.setExtendedId(newExtendedId);
            session.onIdChanged();
        }
        cached.put(newId, session);
        cached.remove(oldId, session);
        unsaved.remove(oldId, session);
        boolean wasStored = data.version() > 0;
        data.setNotStored();
        if (isWriteThrough()) {
            write(session);
        }
        if (wasStored) {
            try {
                storage.delete(oldId);
            } catch (SessionStoreException e) {
                sessions.reportUndeleted(e);
            }
        }
    }

    /// Those of the candidates that have expired, also for the store. Those that a request has used elsewhere leave
    /// the memory only.
    @Override
    public Set<String> checkExpiration(Set<String> candidates) {
        Set<String> expired = new HashSet<>();
        for (String id : candidates) {
            @Nullable ManagedSession session = cached.get(id);
            if (session == null || session.getRequests() > 0) {
                continue;
            }
            if (!sessions.isShared() || hasExpired(session)) {
                expired.add(id);
            } else {
                drop(session);
            }
        }
        return expired;
    }

    private boolean hasExpired(ManagedSession session) {
        try {
            AppSessionData data = data(session);
            return !storage.refresh(session, data) || data.isExpiredAt(System.currentTimeMillis());
        } catch (SessionStoreException _) {
            return false;
        }
    }

    /// Keeps sessions that are not stored yet.
    @Override
    public void checkInactiveSession(@Nullable ManagedSession session) {
        if (session != null && !data(session).isDirty() && !unsaved.containsKey(session.getId())) {
            super.checkInactiveSession(session);
        }
    }

    /// Brings the store up to date, unless the sessions end with the server, and forgets all sessions.
    @Override
    public void shutdown() {
        for (ManagedSession session : cached.values()) {
            if (sessions.outliveServer()) {
                passivate(session, !sessions.isShared());
            }
            session.setResident(false);
            cached.remove(session.getId(), session);
        }
        if (!unsaved.isEmpty()) {
            log.warn("{} changed sessions of {} are lost: they could not be stored", unsaved.size(), context.path());
        }
        cached.clear();
        unsaved.clear();
        context.remove(this);
    }

    private static boolean isInUse(ManagedSession session) {
        return session.isValid() && session.isResident();
    }

    private static AppSessionData data(ManagedSession session) {
        return (AppSessionData) session.getSessionData();
    }

    // The map of sessions, for AbstractSessionCache

    @Override
    protected @Nullable ManagedSession doGet(String id) {
        return cached.get(id);
    }

    @Override
    protected @Nullable ManagedSession doPutIfAbsent(String id, ManagedSession session) {
        return cached.putIfAbsent(id, session);
    }

    @Override
    protected @Nullable ManagedSession doComputeIfAbsent(String id, Function<String, ManagedSession> load) {
        return cached.computeIfAbsent(id, load);
    }

    @Override
    protected boolean doReplace(String id, ManagedSession oldValue, ManagedSession newValue) {
        return cached.replace(id, oldValue, newValue);
    }

    @Override
    public @Nullable ManagedSession doDelete(String id) {
        return cached.remove(id);
    }
}
