package dev.pier.datasource;

import dev.pier.server.config.Section;
import dev.pier.server.plugin.PluginContext;
import dev.pier.server.plugin.ServerPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/// The server's data sources: reads `datasources { … }`, starts a pool for each, and gives them to web applications as
/// `@Resource(name = "jdbc/<name>") DataSource`.
///
/// *Lifecycle.* The pools start without waiting for their databases, and end after the last application.
public final class DataSourcePlugin implements ServerPlugin {
    private List<DataSourceSettings> settings = List.of();
    private final List<Pool> pools = new ArrayList<>();

    @Override
    public String name() {
        return "datasources";
    }

    @Override
    public void configure(Section section) {
        settings = DataSourceSettings.read(section);
    }

    @Override
    public void start(PluginContext context) throws Exception {
        if (settings.isEmpty()) {
            return;
        }
        for (DataSourceSettings each : settings) {
            Pool pool = Pool.start(each, context.metrics());
            pools.add(pool);
            context.bindPerApplication(
                    each.jndiName(), DataSource.class, path -> new ApplicationDataSource(path, pool));
            context.readinessCheck(new DataSourceStatus.Check(pool));
        }
        List<Pool> all = List.copyOf(pools);
        context.status(() -> DataSourceStatus.of(all));
        context.page(page());
    }

    /// The script of the admin port's page.
    private static String page() throws IOException {
        try (InputStream script = DataSourcePlugin.class.getResourceAsStream("page.js")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /// Closes all pools at once: a pool whose database is away takes some seconds.
    @Override
    public void stop() {
        List<Thread> closing = pools.stream()
                .map(pool -> Thread.ofPlatform().daemon().name("close " + pool).start(pool::close))
                .toList();
        pools.clear();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
