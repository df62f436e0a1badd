package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import dev.pier.server.plugin.SessionStoreException;
import dev.pier.server.plugin.StoredSession;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A store that fails at once for a second after a failure, so that the requests of a store that is away do not all
/// wait
/// for its timeout.
///
/// *Threads.* As its store.
final class GuardedStore implements SessionStore {
    private static final long PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

    private final SessionStore store;

    private volatile @Nullable Failure lastFailure;

    private record Failure(SessionStoreException cause, long until) {}

    private interface Operation<T> {
        T run() throws SessionStoreException;
    }

    GuardedStore(SessionStore store) {
        this.store = store;
    }

    private <T> T guard(Operation<T> operation) throws SessionStoreException {
        @Nullable Failure last = lastFailure;
        if (last != null && System.nanoTime() - last.until() < 0) {
            throw new SessionStoreException(String.valueOf(last.cause().getMessage()), last.cause());
        }
        try {
            T result = operation.run();
            lastFailure = null;
            return result;
        } catch (SessionStoreException e) {
            // An interrupted request says nothing about the store.
            if (!(e.getCause() instanceof InterruptedException)) {
                lastFailure = new Failure(e, System.nanoTime() + PAUSE_NANOS);
            }
            throw e;
        }
    }

    @Override
    public boolean isShared() {
        return store.isShared();
    }

    @Override
    public Found find(Key key, long knownVersion) throws SessionStoreException {
        return guard(() -> store.find(key, knownVersion));
    }

    @Override
    public Saved save(Key key, StoredSession session) throws SessionStoreException {
        return guard(() -> store.save(key, session));
    }

    @Override
    public void touch(Key key, long expiry) throws SessionStoreException {
        boolean _ = guard(() -> {
            store.touch(key, expiry);
            return true;
        });
    }

    @Override
    public void delete(Key key) throws SessionStoreException {
        boolean _ = guard(() -> {
            store.delete(key);
            return true;
        });
    }

    @Override
    public void removeExpired(long now) {
        store.removeExpired(now);
    }

    @Override
    public void close() {
        store.close();
    }
}
