package dev.pier.datasource;

import dev.pier.server.plugin.HealthCheck;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The part of the admin port about data sources: its rows in `/status`, and the checks.
final class DataSourceStatus {
    private DataSourceStatus() {}

    /// A map for each data source, by its name in `server.conf`.
    static Object of(List<Pool> pools) {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Pool pool : pools) {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("url", pool.settings().shownUrl());
            description.putAll(describe(pool));
            description.put("size", pool.settings().pool().size());
            all.put(pool.settings().name(), description);
        }
        return all;
    }

    /// Whether the database answers. A database that is not required never makes the server unready.
    record Check(Pool pool) implements HealthCheck {
        @Override
        public String name() {
            return pool.settings().jndiName();
        }

        @Override
        public Result check() {
            boolean up = !pool.settings().required() || pool.condition().state() == Pool.State.UP;
            return new Result(up, describe(pool));
        }
    }

    private static Map<String, Object> describe(Pool pool) {
        Pool.Condition condition = pool.condition();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("state", condition.state().name());
        description.put("since", condition.since().toString());
        if (condition.problem() != null) {
            description.put("lastProblem", condition.problem());
        }
        description.put("active", pool.active());
        description.put("idle", pool.idle());
        description.put("waiting", pool.waiting());
        return description;
    }
}
