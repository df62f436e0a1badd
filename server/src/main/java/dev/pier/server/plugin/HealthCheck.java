package dev.pier.server.plugin;

import java.util.Map;
import java.util.function.BooleanSupplier;

/// One check of the server's health, as in MicroProfile Health.
///
/// *Threads.* Called on the admin threads, several of which may call at the same time, once per request to `/health`
/// and to `/health/ready` or `/health/live`; and on the thread that answers systemd's watchdog. A check must not block.
public interface HealthCheck {
    /// The name of the check in the response, such as `mail/session`.
    String name();

    /// Runs the check. An unchecked exception counts as a failed check; its text is reported under the key `error`.
    Result check();

    /// A check without details.
    static HealthCheck of(String name, BooleanSupplier up) {
        return new HealthCheck() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Result check() {
                return new Result(up.getAsBoolean(), Map.of());
            }
        };
    }

    /// The result of a check.
    ///
    /// @param up whether the check passes
    /// @param data details for the operator, written as JSON: strings, numbers, booleans, and lists and maps of
    ///     them; no null
    record Result(boolean up, Map<String, Object> data) {
        public Result {
            data = Map.copyOf(data);
        }
    }
}
