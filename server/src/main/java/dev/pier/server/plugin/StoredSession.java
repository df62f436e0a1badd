package dev.pier.server.plugin;

import java.util.Map;

/// A session as a [SessionStore] keeps it.
///
/// *Threads.* Immutable; the arrays must not be changed.
///
/// @param version counts the writes of a session, from 1; 0 for a session that is not stored yet
/// @param created when the session was created, in milliseconds since the epoch
/// @param accessed when the last request of the session began, in milliseconds since the epoch
/// @param maxInactive how long the session lives without requests, in milliseconds; 0 or less: for ever
/// @param expiry when the store may remove the session, in milliseconds since the epoch; 0: never
/// @param attributes the serialised value of each attribute
public record StoredSession(
        long version, long created, long accessed, long maxInactive, long expiry, Map<String, byte[]> attributes) {
    public StoredSession {
        attributes = Map.copyOf(attributes);
    }

    /// The same session with another version.
    public StoredSession withVersion(long newVersion) {
        return new StoredSession(newVersion, created, accessed, maxInactive, expiry, attributes);
    }

    /// The same session with another expiry.
    public StoredSession withExpiry(long newExpiry) {
        return new StoredSession(version, created, accessed, maxInactive, newExpiry, attributes);
    }

    /// The bytes of all attributes, with their names.
    public long size() {
        return attributes.entrySet().stream()
                .mapToLong(it -> it.getKey().length() + (long) it.getValue().length)
                .sum();
    }
}
