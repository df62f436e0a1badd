package dev.pier.server.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;

/// Levels of Logback. They hold when Logback reads a changed `logback.xml`, too.
final class LogbackLevels implements LogLevels, LoggerContextListener {
    private static final Object LOCK = new Object();
    private static final String NAME = "dev.pier.levels";

    private final LoggerContext context;

    /// The replaced levels, and those before. Guarded by `LOCK`; Logback calls listeners on threads that change levels.
    private final Map<String, Level> levels = new HashMap<>();

    private final Map<String, ch.qos.logback.classic.@Nullable Level> before = new HashMap<>();

    private LogbackLevels(LoggerContext context) {
        this.context = context;
    }

    static LogbackLevels of(ILoggerFactory factory) {
        LoggerContext context = (LoggerContext) factory;
        synchronized (LOCK) {
            if (context.getObject(NAME) instanceof LogbackLevels installed) {
                return installed;
            }
            LogbackLevels installed = new LogbackLevels(context);
            context.putObject(NAME, installed);
            context.addListener(installed);
            return installed;
        }
    }

    @Override
    public void replace(Map<String, Level> wanted) {
        synchronized (LOCK) {
            for (String logger : Set.copyOf(levels.keySet())) {
                if (!wanted.containsKey(logger)) {
                    reset(logger);
                }
            }
            wanted.forEach(this::set);
        }
    }

    @Override
    public void set(String logger, Level level) {
        synchronized (LOCK) {
            if (levels.put(logger, level) == null) {
                before.put(logger, context.getLogger(logger).getLevel());
            }
            context.getLogger(logger).setLevel(logback(level));
        }
    }

    @Override
    public void reset(String logger) {
        synchronized (LOCK) {
            if (levels.remove(logger) != null) {
                ch.qos.logback.classic.Level own = before.remove(logger);
                boolean root = logger.equalsIgnoreCase(org.slf4j.Logger.ROOT_LOGGER_NAME);
                context.getLogger(logger).setLevel(own == null && root ? ch.qos.logback.classic.Level.INFO : own);
            }
        }
    }

    @Override
    public Level get(String logger) {
        ch.qos.logback.classic.Level effective = context.getLogger(logger).getEffectiveLevel();
        return Level.of(effective.toString()).orElse(Level.TRACE);
    }

    private static ch.qos.logback.classic.Level logback(Level level) {
        return ch.qos.logback.classic.Level.toLevel(level.name());
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onReset(LoggerContext reset) {
        synchronized (LOCK) {
            before.replaceAll((_, _) -> null);
            levels.forEach((logger, level) -> context.getLogger(logger).setLevel(logback(level)));
        }
    }

    /// A `logback.xml` that is read again has set a level that is replaced.
    @Override
    public void onLevelChange(Logger logger, ch.qos.logback.classic.@Nullable Level changed) {
        synchronized (LOCK) {
            Level level = levels.get(logger.getName());
            if (level != null && !logback(level).equals(changed)) {
                before.put(logger.getName(), changed);
                logger.setLevel(logback(level));
            }
        }
    }

    @Override
    public void onStart(LoggerContext started) {
        // The levels are set when they are known.
    }

    @Override
    public void onStop(LoggerContext stopped) {
        // Nothing to release.
    }
}
