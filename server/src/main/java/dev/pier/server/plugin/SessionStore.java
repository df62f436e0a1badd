package dev.pier.server.plugin;

import org.jspecify.annotations.Nullable;

/// Keeps the sessions of applications outside the applications, so that they survive a redeployment, and, depending on
/// the store, a restart or the loss of a server.
///
/// Each write replaces the whole session, and succeeds only if the session still has the version that the writer has
/// read. So a concurrent write by another server is noticed, never overwritten.
///
/// *Threads.* All methods are called by several threads at a time, also for the same session.
///
/// *Lifecycle.* Opened after the plugins have started, closed after the last application has ended.
public interface SessionStore extends AutoCloseable {
    /// A session that the store does not have.
    long NO_VERSION = -1;

    /// Opens a store.
    interface Factory {
        /// @param limits the limits of `server.conf`
        /// @throws Exception if the store cannot be used; the server does not start, and shows the message
        SessionStore open(Limits limits) throws Exception;
    }

    /// The limits that the operator has set.
    ///
    /// @param maxSessions sessions of one application (`sessions.max`)
    /// @param maxSize bytes of the attributes of one session (`sessions.max-size`)
    /// @param timeoutMillis how long one operation may take (`sessions.store-timeout`)
    record Limits(int maxSessions, long maxSize, long timeoutMillis) {}

    /// Identifies a session. The store never sees the id that the client sends, so a reader of the store cannot take
    /// over a session.
    ///
    /// @param contextPath the path that the application's name gives, even if it is served at another one: `/shop`;
    ///     `/` for `ROOT`
    /// @param hash the SHA-256 of the session's id: 64 hexadecimal digits
    record Key(String contextPath, String hash) {}

    /// The result of [#find].
    sealed interface Found {
        /// The result for a session that a store has looked up.
        ///
        /// @param stored null if the store does not have it
        static Found of(@Nullable StoredSession stored, long knownVersion) {
            if (stored == null) {
                return new None();
            }
            return stored.version() == knownVersion ? new Unchanged(stored.expiry()) : new Changed(stored);
        }

        /// The store has no such session.
        record None() implements Found {}

        /// The store has the version that the caller knows.
        ///
        /// @param expiry when the store may remove the session, in milliseconds since the epoch; 0: never
        record Unchanged(long expiry) implements Found {}

        /// The store has another version.
        record Changed(StoredSession session) implements Found {}
    }

    /// The result of [#save].
    sealed interface Saved {
        /// The session is stored.
        ///
        /// @param version its new version
        record Stored(long version) implements Saved {}

        /// The session was written by another server in the meantime. Nothing was stored.
        record Conflict(StoredSession current) implements Saved {}

        /// The session was removed in the meantime. Nothing was stored.
        record Gone() implements Saved {}

        /// The store has [Limits#maxSessions] sessions of the application. Nothing was stored.
        record Full() implements Saved {}
    }

    /// Whether other servers read and write the same sessions.
    boolean isShared();

    /// Looks up a session.
    ///
    /// @param knownVersion the version that the caller has; [#NO_VERSION] if it has none
    /// @throws SessionStoreException if the store cannot be reached in time
    Found find(Key key, long knownVersion) throws SessionStoreException;

    /// Stores a session.
    ///
    /// @param session its `version` is the version that the caller has read; 0 creates the session
    /// @throws SessionStoreException if the store cannot be reached in time; the session may have been stored
    Saved save(Key key, StoredSession session) throws SessionStoreException;

    /// Changes the expiry of a session, without a new version. A session that is gone stays gone.
    ///
    /// @param expiry in milliseconds since the epoch; 0: never
    /// @throws SessionStoreException if the store cannot be reached in time
    void touch(Key key, long expiry) throws SessionStoreException;

    /// Removes a session, if the store has it.
    ///
    /// @throws SessionStoreException if the store cannot be reached in time
    void delete(Key key) throws SessionStoreException;

    /// Removes the sessions that have expired. Called about once a minute. A store that does it by itself does nothing.
    ///
    /// @param now milliseconds since the epoch
    default void removeExpired(long now) {}

    @Override
    void close();
}
