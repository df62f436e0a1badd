package dev.pier.server.webapp;

import dev.pier.server.config.Section;
import dev.pier.server.http.RouteRules;
import java.util.Map;

/// The section `webapps.apps.<name> { … }`: the settings of one application.
///
/// @param init context parameters, which replace those of `web.xml`
/// @param env entries of `java:comp/env`, which replace those of `web.xml`
record AppSettings(Map<String, String> init, Map<String, String> env, RouteRules rules) {
    /// The settings of an application that `server.conf` does not name.
    static final AppSettings DEFAULT = new AppSettings(Map.of(), Map.of(), RouteRules.DEFAULT);

    private static final long KIB = 1024;
    private static final long GIB = 1024 * 1024 * KIB;

    /// @param maxRequestBody bytes of a request body, unless the section sets others
    static AppSettings read(String name, Section section, long maxRequestBody) {
        String key = "max-request-body";
        long limit = section.bytes(key, maxRequestBody, KIB, 1024 * GIB);
        String setting = section.has(key) ? "webapps.apps." + name + "." + key : RouteRules.DEFAULT.setting();
        return new AppSettings(
                section.texts("init"),
                section.texts("env"),
                new RouteRules(limit, setting, section.flag("raw-path", false)));
    }

    /// The name of the application at a context path: that of its file without the extension.
    static String name(String contextPath) {
        return contextPath.equals("/") ? "ROOT" : contextPath.substring(1).replace('/', '#');
    }
}
