package dev.pier.server;

import dev.pier.server.config.Configuration;
import dev.pier.server.plugin.ServerPlugin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// A server that takes up changes of its file, as the one of `bin/pier` does.
public final class ReloadableServer {
    private ReloadableServer() {}

    /// Starts it.
    public static ApplicationServer start(Path conf, Supplier<List<ServerPlugin>> plugins) throws Exception {
        ApplicationServer server = new ApplicationServer(Configuration.load(conf, Map.of(), Map.of()), plugins.get());
        server.reloadable(() -> Configuration.load(conf, Map.of(), Map.of()), plugins);
        server.start();
        return server;
    }
}
