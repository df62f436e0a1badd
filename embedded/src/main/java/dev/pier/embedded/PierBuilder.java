package dev.pier.embedded;

import dev.pier.server.ApplicationServer;
import dev.pier.server.StartException;
import dev.pier.server.config.Configuration;
import dev.pier.server.config.ConfigurationException;
import dev.pier.server.webapp.AppStatus;
import dev.pier.server.webapp.LocalApp;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The settings of an embedded server. Every setting of `server.conf` can be given, by a method of its own or
/// by [#set]; those of the methods replace those of [#configuration].
///
/// Changes of applications are not followed by default ([#reload]). Without [#configuration], two more defaults
/// differ from those of `server.conf`: the admin port is any free one, and there is no access log.
///
/// *Threads.* For one thread.
public final class PierBuilder {
    private static final String ORIGIN = "Pier.builder()";
    private static final Duration RELOAD_INTERVAL = Duration.ofMillis(250);
    private static final AtomicInteger NODES = new AtomicInteger();

    private final List<LocalApp> webapps = new ArrayList<>();
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private Optional<Path> configuration = Optional.empty();
    private boolean reload;
    private boolean hasPeers;

    PierBuilder() {}

    /// Sets the HTTP port (`http.port`); 0 for any free one. Default: 8080.
    public PierBuilder port(int port) {
        return set("http.port", port);
    }

    /// Sets the admin port (`admin.port`); 0 for any free one, which is the default.
    public PierBuilder adminPort(int port) {
        return set("admin.port", port);
    }

    /// Adds an application: a war, a plain jar, a folder with a `WEB-INF`, or a folder of classes and resources
    /// such as `target/classes`. The folder of classes is taken as a plain jar with the same contents would be.
    ///
    /// @param contextPath `/`, or `/shop` without a slash at the end
    /// @throws IllegalArgumentException if the context path has another form, or the path or the context path
    ///     has been added before
    public PierBuilder webapp(String contextPath, Path path) {
        LocalApp app = new LocalApp(contextPath, path);
        for (LocalApp other : webapps) {
            if (other.contextPath().equals(contextPath) || other.path().equals(app.path())) {
                throw new IllegalArgumentException("added twice: " + other.path() + " at " + other.contextPath() + ", "
                        + app.path() + " at " + contextPath);
            }
        }
        webapps.add(app);
        return this;
    }

    /// Sets whether applications are deployed again when they change, within a second. A version that cannot be
    /// deployed is logged, and the one before continues to serve; without reloading, it fails the start.
    /// Default: false.
    public PierBuilder reload(boolean enabled) {
        reload = enabled;
        return this;
    }

    /// Sets the name of the Erlang node (`erlang.node`), `name@host`. Default, with peers: a unique name on
    /// `localhost`.
    public PierBuilder node(String name) {
        return set("erlang.node", name);
    }

    /// Sets the cookie (`erlang.cookie`). Default: that in `~/.erlang.cookie`.
    public PierBuilder cookie(String cookie) {
        return set("erlang.cookie", cookie);
    }

    /// Sets the file with the cookie (`erlang.cookie-file`), which only its owner may read.
    public PierBuilder cookieFile(Path file) {
        return set("erlang.cookie-file", file);
    }

    /// Adds a peer (`erlang.peers.<name>.node`), which applications get by `@Resource(name = "erlang/<name>")`.
    /// It is connected at start, if it runs.
    ///
    /// @param node its node name, `name@host`
    public PierBuilder peer(String name, String node) {
        hasPeers = true;
        return set("erlang.peers." + name + ".node", node);
    }

    /// Sets any setting of `server.conf`.
    ///
    /// @param key such as `http.max-connections`
    /// @param value a text, number, boolean, [Path] or [Duration], or a list of them
    public PierBuilder set(String key, Object value) {
        settings.put(key, plain(value));
        return this;
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Path path -> path.toAbsolutePath().toString();
            case Duration duration -> duration.toMillis() + " ms";
            case Collection<?> all -> all.stream().map(PierBuilder::plain).toList();
            default -> value;
        };
    }

    /// Reads `server.conf`; relative paths in it begin at its folder.
    public PierBuilder configuration(Path file) {
        configuration = Optional.of(file);
        return this;
    }

    /// Starts the server.
    ///
    /// @throws StartException if it cannot start, or an application of [#webapp] cannot be deployed and changes
    ///     are not followed; nothing of it runs then
    /// @throws ConfigurationException if a setting is not valid; it names all problems
    public Pier start() throws StartException, ConfigurationException {
        TemporaryFolder folder;
        try {
            folder = TemporaryFolder.create();
        } catch (IOException e) {
            throw new StartException("cannot create a temporary folder: " + e, e);
        }
        Pier pier;
        try {
            ApplicationServer server = new ApplicationServer(
                    Configuration.of(configuration, allSettings(folder.path()), ORIGIN, folder.path()),
                    ApplicationServer.installedPlugins(),
                    webapps);
            pier = new Pier(server, folder);
            server.start();
        } catch (Throwable t) {
            folder.remove();
            throw t;
        }
        if (!reload) {
            failIfNotDeployed(pier);
        }
        return pier;
    }

    private Map<String, Object> allSettings(Path folder) {
        Map<String, Object> all = new LinkedHashMap<>(settings);
        all.putIfAbsent("webapps.work", folder.resolve("work").toString());
        all.putIfAbsent("webapps.scan-interval", plain(reload ? RELOAD_INTERVAL : Duration.ZERO));
        if (configuration.isEmpty()) {
            all.putIfAbsent("webapps.folder", folder.resolve("webapps").toString());
            all.putIfAbsent("admin.port", 0);
            all.putIfAbsent("access-log.enabled", false);
            if (hasPeers) {
                all.putIfAbsent("erlang.node", uniqueNode());
            }
        }
        return all;
    }

    private static String uniqueNode() {
        return "pier_" + ProcessHandle.current().pid() + "_" + NODES.incrementAndGet() + "@localhost";
    }

    private static void failIfNotDeployed(Pier pier) throws StartException {
        for (AppStatus app : pier.applications()) {
            if (!app.state().isServing()) {
                pier.close();
                throw new StartException("cannot deploy " + app.file() + ": " + app.reason());
            }
        }
    }
}
