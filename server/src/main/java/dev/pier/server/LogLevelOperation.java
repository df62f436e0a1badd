package dev.pier.server;

import dev.pier.server.log.LogLevels;
import dev.pier.server.log.LogLevels.Level;
import dev.pier.server.plugin.AdminOperation;
import dev.pier.server.plugin.OperationException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /log-level` on the admin port: shows or sets the level of a logger. A level that is set holds until
/// a reload or a restart.
///
/// *Threads.* Safe for all threads.
final class LogLevelOperation implements AdminOperation {
    private static final Logger log = LoggerFactory.getLogger(LogLevelOperation.class);

    /// Ends a replacement.
    private static final String DEFAULT = "default";

    private static final Pattern LOGGER = Pattern.compile("[A-Za-z0-9_.$-]{1,300}");

    private final LogLevels levels;

    LogLevelOperation(LogLevels levels) {
        this.levels = levels;
    }

    @Override
    public Object run(Map<String, String> arguments) throws OperationException {
        String logger = arguments.getOrDefault("logger", "");
        if (!LOGGER.matcher(logger).matches()) {
            throw new OperationException(400, "'logger' is missing or not the name of a logger");
        }
        String level = arguments.get("level");
        if (level != null) {
            set(logger, level);
        }
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("logger", logger);
        answer.put("level", levels.get(logger).toString());
        return answer;
    }

    private void set(String logger, String text) throws OperationException {
        if (text.equals(DEFAULT)) {
            levels.reset(logger);
        } else {
            Level level = Level.of(text)
                    .orElseThrow(() ->
                            new OperationException(400, "'level' is not one of " + Level.names() + ", " + DEFAULT));
            levels.set(logger, level);
        }
        log.info("The level of the logger {} is {} now", logger, levels.get(logger));
    }
}
