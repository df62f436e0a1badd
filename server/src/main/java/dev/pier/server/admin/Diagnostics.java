package dev.pier.server.admin;

import dev.pier.server.config.Setting;
import dev.pier.server.plugin.OperationException;
import dev.pier.server.recent.RecentEvents;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpStatus;

/// Operations that show more than the status: failures by reference, the latest lines of the log, and the settings.
public final class Diagnostics {
    private static final Set<String> GET = Set.of("GET");

    /// As many lines as an answer may have.
    private static final int MAX_LINES = 500;

    private final RecentEvents events;

    private Diagnostics(RecentEvents events) {
        this.events = events;
    }

    /// Adds `/failures`, `/logs` and `/settings`.
    ///
    /// @param settings those in force
    public static void add(Operations operations, RecentEvents events, Supplier<List<Setting>> settings) {
        Diagnostics diagnostics = new Diagnostics(events);
        operations.add("/failures", new Read(_ -> diagnostics.failures()));
        operations.add("/failures/", new Read(request -> diagnostics.failure(request.name())));
        operations.add("/logs", new Read(_ -> diagnostics.lines("0")));
        operations.add("/logs/", new Read(request -> diagnostics.lines(request.name())));
        operations.add(
                "/settings",
                new Read(_ -> Map.of(
                        "settings",
                        settings.get().stream().map(Diagnostics::describe).toList())));
    }

    @FunctionalInterface
    private interface Body {
        Object of(AdminRequest request) throws OperationException;
    }

    private record Read(Body body) implements AdminResource {
        @Override
        public Set<String> methods() {
            return GET;
        }

        @Override
        public AdminAnswer answer(AdminRequest request) throws OperationException {
            return new AdminAnswer(HttpStatus.OK_200, body.of(request));
        }
    }

    private Map<String, Object> failures() throws OperationException {
        requireLog();
        return Map.of("failures", events.failures());
    }

    private Map<String, Object> failure(String reference) throws OperationException {
        requireLog();
        return events.failure(reference)
                .orElseThrow(() -> new OperationException(
                        HttpStatus.NOT_FOUND_404,
                        "None of the last failures has this reference; older ones are in the log only"));
    }

    /// @param after the number of the last line that the client has
    private Map<String, Object> lines(String after) throws OperationException {
        requireLog();
        try {
            return events.lines(Long.parseLong(after), MAX_LINES);
        } catch (NumberFormatException _) {
            throw new OperationException(HttpStatus.NOT_FOUND_404, "Not the number of a line: /logs/<number>");
        }
    }

    private static void requireLog() throws OperationException {
        if (!RecentEvents.isFollowing()) {
            throw new OperationException(
                    HttpStatus.NOT_IMPLEMENTED_501, "The log of this server is not written by Logback");
        }
    }

    private static Map<String, Object> describe(Setting setting) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("key", setting.key());
        description.put("value", setting.shownValue());
        description.put("origin", setting.shownOrigin());
        return description;
    }
}
