package dev.pier.server.webapp;

import dev.pier.server.config.Section;
import dev.pier.server.http.RouteRules;
import dev.pier.server.plugin.Hosts;
import dev.pier.server.plugin.Mount;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The section `webapps.apps.<name> { … }`: the settings of one application.
///
/// @param path the context path; null for the path that the name gives
/// @param hosts the hosts that the application serves
/// @param realm the realm of its logins; null for that of `login-config`
/// @param init context parameters, which replace those of `web.xml`
/// @param env entries of `java:comp/env`, which replace those of `web.xml`
record AppSettings(
        @Nullable String path,
        Hosts hosts,
        @Nullable String realm,
        Map<String, String> init,
        Map<String, String> env,
        RouteRules rules) {
    /// The settings of an application that `server.conf` does not name.
    static final AppSettings DEFAULT = new AppSettings(null, Hosts.ALL, null, Map.of(), Map.of(), RouteRules.DEFAULT);

    private static final long KIB = 1024;
    private static final long GIB = 1024 * 1024 * KIB;

    /// @param maxRequestBody bytes of a request body, unless the section sets others
    static AppSettings read(String name, Section section, long maxRequestBody) {
        String key = "max-request-body";
        long limit = section.bytes(key, maxRequestBody, KIB, 1024 * GIB);
        String setting = section.has(key) ? "webapps.apps." + name + "." + key : RouteRules.DEFAULT.setting();
        return new AppSettings(
                path(section),
                Hosts.read(section),
                section.string("realm").orElse(null),
                section.texts("init"),
                section.texts("env"),
                new RouteRules(limit, setting, section.flag("raw-path", false)));
    }

    private static @Nullable String path(Section section) {
        String path = section.string("path").orElse(null);
        if (path != null && !Mount.isPath(path)) {
            section.problem("path", "'" + path + "' is not the path of an application: " + Mount.EXPECTED_PATH);
        }
        return path;
    }
}
