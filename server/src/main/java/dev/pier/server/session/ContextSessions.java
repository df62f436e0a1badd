package dev.pier.server.session;

import dev.pier.server.plugin.SessionStore;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// The sessions of one context path, which the versions of the application have in common. While a version is drained,
/// it and its successor use the same sessions.
///
/// *Threads.* Safe for all threads.
final class ContextSessions {
    private final String contextPath;
    private final List<AppSessionCache> caches = new CopyOnWriteArrayList<>();

    /// Counts the versions that have ended. A session is compared with the store once after each: that version may have
    /// written it last.
    private final AtomicLong epoch = new AtomicLong();

    ContextSessions(String contextPath) {
        this.contextPath = contextPath;
    }

    /// The context path: `/shop`; `/` for the root application.
    String path() {
        return contextPath;
    }

    SessionStore.Key key(String id) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
            return new SessionStore.Key(contextPath, HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("each Java platform has SHA-256", e);
        }
    }

    void add(AppSessionCache cache) {
        caches.add(cache);
    }

    void remove(AppSessionCache cache) {
        if (caches.remove(cache)) {
            epoch.incrementAndGet();
        }
    }

    long epoch() {
        return epoch.get();
    }

    /// Whether several versions of the application run.
    boolean hasSeveralVersions() {
        return caches.size() > 1;
    }

    List<AppSessionCache> caches() {
        return caches;
    }

    /// Brings the store up to date with what other versions have of a session.
    void handOver(String id, AppSessionCache to) {
        for (AppSessionCache cache : caches) {
            if (!cache.equals(to)) {
                cache.handOver(id);
            }
        }
    }

    /// Whether a request of another version is changing the session's id.
    boolean isRenewedByOther(String id, AppSessionCache cache) {
        return caches.stream().anyMatch(it -> !it.equals(cache) && it.isRenewing(id));
    }

    /// How many sessions are in memory, in all versions.
    int size() {
        return caches.stream().mapToInt(AppSessionCache::size).sum();
    }
}
