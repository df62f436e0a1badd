package dev.pier.server.session;

import dev.pier.server.config.Section;
import dev.pier.server.plugin.SessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCookie;

/// The section `sessions { … }`.
///
/// @param store `memory`, `file`, or the name of a plugin's store
/// @param folder where the store `file` keeps the sessions
/// @param timeout how long a session lives without requests, unless the application sets it
/// @param max sessions of one application
/// @param maxSize bytes of the stored attributes of one session
/// @param staleTime how long a session can be used from this server's memory while its store is away
/// @param storeTimeout how long an operation of the store may take
public record SessionSettings(
        String store,
        Path folder,
        Duration timeout,
        int max,
        long maxSize,
        Duration staleTime,
        Duration storeTimeout,
        CookieSettings cookie) {
    public static final String MEMORY = "memory";
    public static final String FILE = "file";

    private static final long KIB = 1024;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    /// When a session's cookie has the attribute `Secure`.
    public enum Secure {
        /// In responses over HTTPS, also behind a trusted proxy.
        AUTO,
        ALWAYS,
        NEVER
    }

    /// The section `sessions.cookie { … }`.
    ///
    /// @param pathScoped whether the cookie belongs to the application's path instead of `/`
    public record CookieSettings(String name, HttpCookie.SameSite sameSite, Secure secure, boolean pathScoped) {
        private static CookieSettings read(Section section) {
            CookieSettings settings = new CookieSettings(
                    section.string("name", "JSESSIONID"),
                    section.choice("same-site", HttpCookie.SameSite.LAX),
                    section.choice("secure", Secure.AUTO),
                    section.flag("path-scoped", true));
            if (!TOKEN.matcher(settings.name()).matches()) {
                section.problem("name", "invalid value \"" + settings.name() + "\": expected letters, digits or _ - .");
            }
            if (settings.sameSite() == HttpCookie.SameSite.NONE && settings.secure() == Secure.NEVER) {
                section.problem("same-site", "browsers refuse cookies with same-site = none and secure = never");
            }
            return settings;
        }
    }

    /// @param pluginStores the names of the stores that plugins offer
    public static SessionSettings read(Section section, Collection<String> pluginStores) {
        SessionSettings settings = new SessionSettings(
                section.string("store", MEMORY),
                section.path("folder", "../sessions"),
                section.duration("timeout", Duration.ofMinutes(30), Duration.ofSeconds(1), Duration.ofDays(365)),
                section.integer("max", 100_000, 1, 10_000_000),
                section.bytes("max-size", KIB * KIB, KIB, 64 * KIB * KIB),
                section.duration("stale-time", Duration.ofMinutes(5), Duration.ZERO, Duration.ofHours(1)),
                section.duration("store-timeout", Duration.ofSeconds(2), Duration.ofMillis(100), Duration.ofMinutes(1)),
                CookieSettings.read(section.section("cookie")));
        TreeSet<String> known = new TreeSet<>(pluginStores);
        known.add(MEMORY);
        known.add(FILE);
        if (!known.contains(settings.store())) {
            section.problem(
                    "store", "invalid value \"" + settings.store() + "\": expected one of " + String.join(", ", known));
        }
        return settings;
    }

    SessionStore.Limits limits() {
        return new SessionStore.Limits(max, maxSize, storeTimeout.toMillis());
    }
}
