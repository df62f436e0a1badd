package dev.pier.server.webapp;

import dev.pier.server.config.Section;
import dev.pier.server.http.RouteRules;
import dev.pier.server.plugin.Hosts;
import dev.pier.server.plugin.Mount;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The section `webapps.apps.<name> { … }`: the settings of one application.
///
/// @param key the key of the section
/// @param path the context path; null for the path that the name gives
/// @param hosts the hosts that the application serves
/// @param realm the realm of its logins; null for that of `login-config`
/// @param init context parameters, which replace those of `web.xml`
/// @param env entries of `java:comp/env`, which replace those of `web.xml`
/// @param resources names of injectable objects, each with that of the object that the application gets instead
record AppSettings(
        String key,
        @Nullable String path,
        Hosts hosts,
        @Nullable String realm,
        Map<String, String> init,
        Map<String, String> env,
        Map<String, String> resources,
        RouteRules rules) {
    private static final String APPS = "webapps.apps";

    /// The settings of an application that `server.conf` does not name.
    static final AppSettings DEFAULT =
            new AppSettings(APPS, null, Hosts.ALL, null, Map.of(), Map.of(), Map.of(), RouteRules.DEFAULT);

    private static final long KIB = 1024;
    private static final long GIB = 1024 * 1024 * KIB;

    /// @param maxRequestBody bytes of a request body, unless the section sets others
    static AppSettings read(String name, Section section, long maxRequestBody) {
        String key = APPS + "." + name;
        String body = "max-request-body";
        long limit = section.bytes(body, maxRequestBody, KIB, 1024 * GIB);
        String setting = section.has(body) ? key + "." + body : RouteRules.DEFAULT.setting();
        return new AppSettings(
                key,
                path(section),
                Hosts.read(section),
                section.string("realm").orElse(null),
                section.texts("init"),
                section.texts("env"),
                section.texts("resources"),
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
