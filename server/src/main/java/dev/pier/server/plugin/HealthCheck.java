package dev.pier.server.plugin;

import java.util.Map;

/// One check of the server's readiness, in the words of MicroProfile Health. Called on an admin thread; must not block.
public interface HealthCheck {
    String name();

    Result check();

    /// @param up whether the check passes
    /// @param data what an operator wants to know besides: strings, numbers, booleans
    record Result(boolean up, Map<String, Object> data) {
        public Result {
            data = Map.copyOf(data);
        }
    }
}
