package dev.pier.server;

import dev.pier.server.admin.AdminSettings;
import dev.pier.server.aot.StartSettings;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.Section;
import dev.pier.server.http.AccessLogSettings;
import dev.pier.server.http.HttpSettings;
import dev.pier.server.http.HttpsSettings;
import dev.pier.server.log.LogLevels;
import dev.pier.server.login.Realms;
import dev.pier.server.meters.MeterSettings;
import dev.pier.server.plugin.Realm;
import dev.pier.server.session.SessionSettings;
import dev.pier.server.trace.Tracing;
import dev.pier.server.webapp.WebAppSettings;
import dev.pier.server.websocket.WebSocketSettings;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The sections of `server.conf` that belong to the server itself.
///
/// @param https null if HTTPS is not configured
/// @param tracing whether requests belong to traces
/// @param realms what opens each realm, by name
/// @param logLevels by logger
record ServerSettings(
        StartSettings start,
        HttpSettings http,
        @Nullable HttpsSettings https,
        AdminSettings admin,
        WebAppSettings webapps,
        SessionSettings sessions,
        WebSocketSettings webSockets,
        AccessLogSettings accessLog,
        boolean tracing,
        MeterSettings meters,
        Map<String, Realm.Factory> realms,
        Map<String, LogLevels.Level> logLevels) {

    /// @param sessionStores the names of the session stores that plugins offer
    /// @param pluginRealms the realm of a plugin that a section defines
    static ServerSettings read(
            Configuration configuration,
            Collection<String> sessionStores,
            Function<Section, Optional<Realm.Factory>> pluginRealms) {
        HttpSettings http = HttpSettings.read(configuration.section("http"));
        boolean tracing = Tracing.isEnabled(configuration.section("tracing"));
        return new ServerSettings(
                StartSettings.read(configuration.section("start")),
                http,
                HttpsSettings.read(configuration.section("https")).orElse(null),
                AdminSettings.read(configuration.section("admin")),
                WebAppSettings.read(configuration.section("webapps"), http.maxRequestBody()),
                SessionSettings.read(configuration.section("sessions"), sessionStores),
                WebSocketSettings.read(configuration.section("websocket")),
                AccessLogSettings.read(configuration.section("access-log"), tracing),
                tracing,
                MeterSettings.read(configuration.section("metrics")),
                Realms.read(configuration.sections("realms"), pluginRealms),
                LogLevels.read(configuration.section("log")));
    }
}
