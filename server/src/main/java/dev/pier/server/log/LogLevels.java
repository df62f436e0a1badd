package dev.pier.server.log;

import dev.pier.server.config.Section;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/// Levels of loggers that replace those of the configuration of the log. They are those of the whole JVM.
///
/// *Threads.* Safe for all threads.
public interface LogLevels {
    /// A level, from the quietest to the loudest.
    enum Level {
        OFF,
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE;

        /// The level with a name, in any case.
        public static Optional<Level> of(String name) {
            return Stream.of(values())
                    .filter(it -> it.name().equalsIgnoreCase(name.strip()))
                    .findFirst();
        }

        /// The names of all levels, for messages.
        public static String names() {
            return Stream.of(values()).map(Level::toString).collect(Collectors.joining(", "));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// Reads `log.levels`: levels by logger. Another level is reported as a problem.
    static Map<String, Level> read(Section section) {
        SequencedMap<String, String> texts = section.texts("levels");
        Map<String, Level> levels = new LinkedHashMap<>();
        texts.forEach((logger, text) -> Level.of(text)
                .ifPresentOrElse(
                        level -> levels.put(logger, level),
                        () -> section.problem("levels", "the level of " + logger + " is not one of " + Level.names())));
        return levels;
    }

    /// The levels of the log of this JVM; empty if the log is not Logback's, whose levels cannot be changed.
    static Optional<LogLevels> installed() {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        return factory.getClass().getName().equals("ch.qos.logback.classic.LoggerContext")
                ? Optional.of(LogbackLevels.of(factory))
                : Optional.empty();
    }

    /// Replaces the levels of certain loggers, and ends all other replacements.
    void replace(Map<String, Level> levels);

    /// Replaces the level of a logger.
    ///
    /// @param logger `root`, or a name
    void set(String logger, Level level);

    /// Ends the replacement of a level.
    void reset(String logger);

    /// The level that holds for a logger, its own or that of a logger above it.
    Level get(String logger);
}
