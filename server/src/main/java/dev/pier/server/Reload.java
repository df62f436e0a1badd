package dev.pier.server;

import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.config.Setting;
import dev.pier.server.log.LogLevels;
import dev.pier.server.login.RealmException;
import dev.pier.server.login.Realms;
import dev.pier.server.plugin.OperationException;
import dev.pier.server.plugin.Realm;
import dev.pier.server.plugin.ServerPlugin;
import dev.pier.server.webapp.AppStatus;
import dev.pier.server.webapp.WebAppSettings;
import dev.pier.server.webapp.WebApps;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes up changed settings of `server.conf` while the server runs: those of single applications, realms,
/// log levels, and what plugins take up. All others need a restart, and are named. A file with an error
/// changes nothing.
///
/// *Threads.* Safe for all threads; one reload at a time.
final class Reload {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    private static final String APPS = "webapps.apps.";
    private static final List<String> TAKEN_UP = List.of(APPS, "realms.", "log.");

    /// Where the configuration comes from.
    @FunctionalInterface
    interface Source {
        Configuration load() throws ConfigurationException;
    }

    private final Source source;
    private final Supplier<List<ServerPlugin>> newPlugins;
    private final Plugins plugins;
    private final ServerSettings settings;
    private final Realms realms;
    private final WebApps apps;
    private final Object lock = new Object();

    /// Written under `lock`.
    private volatile List<Setting> inForce;

    /// @param newPlugins makes plugins that check their sections, and are not started
    /// @param plugins those that run
    /// @param settings of the start
    Reload(
            Source source,
            Supplier<List<ServerPlugin>> newPlugins,
            Plugins plugins,
            ServerSettings settings,
            List<Setting> inForce,
            Realms realms,
            WebApps apps) {
        this.source = source;
        this.newPlugins = newPlugins;
        this.plugins = plugins;
        this.settings = settings;
        this.inForce = inForce;
        this.realms = realms;
        this.apps = apps;
    }

    /// The settings in force: those of the start, but for what was taken up since.
    List<Setting> inForce() {
        return inForce;
    }

    /// The values of the settings that are set.
    private static Map<String, String> values(List<Setting> settings) {
        Map<String, String> values = new LinkedHashMap<>();
        settings.stream()
                .filter(setting -> setting.origin() != null)
                .forEach(setting -> values.put(setting.key(), String.valueOf(setting.value())));
        return values;
    }

    /// Reads the configuration, takes up what has changed, and waits for the applications.
    ///
    /// @return what has changed, what needs a restart, and the applications that were deployed again
    /// @throws OperationException with all problems; then nothing has changed
    Map<String, Object> run() throws OperationException, InterruptedException {
        synchronized (lock) {
            try {
                return take(source.load());
            } catch (ConfigurationException e) {
                e.problems().forEach(problem -> log.error("Cannot reload: {}", problem));
                throw new OperationException(422, "Nothing has changed: " + String.join("; ", e.problems()));
            } catch (RealmException | StartException e) {
                log.error("Cannot reload: {}", e.getMessage());
                throw new OperationException(422, "Nothing has changed: " + e.getMessage());
            }
        }
    }

    private Map<String, Object> take(Configuration configuration)
            throws ConfigurationException, RealmException, StartException, InterruptedException {
        // Checks all sections, with plugins of its own: those that run keep their settings.
        try (ApplicationServer _ = new ApplicationServer(configuration, newPlugins.get())) {
            log.debug("The configuration is valid");
        }
        Plugins.Reloads newPluginSettings = plugins.reload(configuration);
        Map<String, Realm.Factory> newRealms = Realms.read(configuration.sections("realms"), plugins::realm);
        WebAppSettings newApps = settings.webapps()
                .withApps(WebAppSettings.read(
                        configuration.section("webapps"), settings.http().maxRequestBody()));
        Map<String, LogLevels.Level> levels = LogLevels.read(configuration.section("log"));
        configuration.check();
        Map<String, Realm> openedRealms = Realms.opened(newRealms);
        Predicate<String> isTakenUp = key -> isTakenUp(key) || newPluginSettings.takeUp(key);

        Map<String, String> before = values(inForce);
        Map<String, String> read = values(configuration.settings());
        List<String> changed = Stream.concat(read.keySet().stream(), before.keySet().stream())
                .distinct()
                .sorted()
                .filter(key -> !Objects.equals(read.get(key), before.get(key)))
                .toList();
        List<String> taken = changed.stream().filter(isTakenUp).toList();
        List<String> restart = changed.stream().filter(isTakenUp.negate()).toList();
        newPluginSettings.apply();
        realms.replace(openedRealms);
        LogLevels.installed().ifPresent(installed -> installed.replace(levels));
        List<AppStatus> deployed = apps.reload(newApps);
        inForce = Stream.concat(
                        inForce.stream().filter(setting -> !isTakenUp.test(setting.key())),
                        configuration.settings().stream().filter(setting -> isTakenUp.test(setting.key())))
                .toList();

        log.info("Reloaded the configuration: {}", taken.isEmpty() ? "no change" : String.join(", ", taken));
        restart.forEach(key -> log.warn("The change of {} needs a restart", key));
        Map<String, Object> outcome = new LinkedHashMap<>();
        outcome.put("changed", taken);
        outcome.put("needsRestart", restart);
        outcome.put("applications", deployed.stream().map(Reload::describe).toList());
        return outcome;
    }

    private boolean isTakenUp(String key) {
        // Without scans there is no thread that deploys.
        return TAKEN_UP.stream().anyMatch(key::startsWith)
                && !(key.startsWith(APPS) && settings.webapps().scanInterval().isZero());
    }

    private static Map<String, Object> describe(AppStatus app) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("file", app.file());
        row.put("path", app.contextPath());
        row.put("state", app.state().toString());
        if (app.reason() != null) {
            row.put("reason", app.reason());
        }
        return row;
    }

    /// Reloads for a signal: the log has the outcome.
    void runLogged() {
        try {
            run();
        } catch (OperationException e) {
            log.error("{}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("Cannot reload the configuration", e);
        }
    }
}
