package dev.pier.server;

import dev.pier.server.admin.AdminSettings;
import dev.pier.server.config.Configuration;
import dev.pier.server.http.AccessLogSettings;
import dev.pier.server.http.HttpSettings;
import dev.pier.server.http.HttpsSettings;
import dev.pier.server.session.SessionSettings;
import dev.pier.server.webapp.WebAppSettings;
import dev.pier.server.websocket.WebSocketSettings;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// The sections of `server.conf` that belong to the server itself.
///
/// @param https null if HTTPS is not configured
record ServerSettings(
        HttpSettings http,
        @Nullable HttpsSettings https,
        AdminSettings admin,
        WebAppSettings webapps,
        SessionSettings sessions,
        WebSocketSettings webSockets,
        AccessLogSettings accessLog) {

    /// @param sessionStores the names of the session stores that plugins offer
    static ServerSettings read(Configuration configuration, Collection<String> sessionStores) {
        HttpSettings http = HttpSettings.read(configuration.section("http"));
        return new ServerSettings(
                http,
                HttpsSettings.read(configuration.section("https")).orElse(null),
                AdminSettings.read(configuration.section("admin")),
                WebAppSettings.read(configuration.section("webapps"), http.maxRequestBody()),
                SessionSettings.read(configuration.section("sessions"), sessionStores),
                WebSocketSettings.read(configuration.section("websocket")),
                AccessLogSettings.read(configuration.section("access-log")));
    }
}
