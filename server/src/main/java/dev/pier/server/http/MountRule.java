package dev.pier.server.http;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The properties of a mount's route that an application's has not. Immutable.
///
/// @param hosts the host names that the mount serves, in lower case: `shop.example`, or `*.shop.example`, whose
///     star stands for one label; empty for every host
/// @param maxRequestBody the limit for a request body in bytes, instead of `http.max-request-body`; null to
///     leave that
/// @param setting the setting with the limit, for the message
/// @param rawPath whether ambiguous paths are passed on
public record MountRule(Set<String> hosts, @Nullable Long maxRequestBody, String setting, boolean rawPath) {
    public MountRule {
        hosts = Set.copyOf(hosts);
    }

    /// Whether the mount serves requests to a host.
    boolean isFor(@Nullable String host) {
        if (hosts.isEmpty()) {
            return true;
        }
        if (host == null) {
            return false;
        }
        String name = host.toLowerCase(Locale.ROOT);
        int dot = name.indexOf('.');
        return hosts.contains(name) || (dot >= 0 && hosts.contains("*" + name.substring(dot)));
    }
}
