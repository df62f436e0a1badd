package dev.pier.server;

import dev.pier.server.admin.AdminSettings;
import dev.pier.server.config.Configuration;
import dev.pier.server.http.HttpSettings;
import dev.pier.server.http.HttpsSettings;
import dev.pier.server.webapp.WebAppSettings;
import java.util.Optional;

/// The server's own sections of `server.conf`.
record ServerSettings(
        HttpSettings http,
        Optional<HttpsSettings> https,
        AdminSettings admin,
        WebAppSettings webapps,
        boolean accessLog) {

    static ServerSettings read(Configuration configuration) {
        return new ServerSettings(
                HttpSettings.read(configuration.section("http")),
                HttpsSettings.read(configuration.section("https")),
                AdminSettings.read(configuration.section("admin")),
                WebAppSettings.read(configuration.section("webapps")),
                configuration.section("access-log").flag("enabled", true));
    }
}
